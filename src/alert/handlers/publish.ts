// The publish handler: gives each event to other topics too. Topics do it themselves, at once and in the same commit,
// so nothing is ever sent.
import { DeliveryFault } from '../delivery-fault.ts'
import { defineHandler } from './define-handler.ts'
import { option } from './option.ts'

export const publishHandler = defineHandler({
  kind: 'publish',
  doc: 'Gives each event to other topics too.',
  options: { topics: option.strings('The topics.') },
  publishes: ({ topics }) => topics,
  limits: { timeoutMs: 0 },
  check: ({ topics }) => (topics.includes('') ? 'the name of a topic must not be empty' : undefined),
  send: () => Promise.reject(new DeliveryFault('not-sent', 'publish sends nothing')),
})
