import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { globalHandlers } from './global-handlers.ts'
import { HandlerSet } from './handler-set.ts'
import { initialConfig } from './handlers/config-section.ts'
import { ALERT_HANDLERS } from './handlers/handler-list.ts'

type Values = Readonly<Record<string, unknown>>

/** What an alert node with these handlers gets, when the sections have these values. */
function given(configs: Readonly<Record<string, Values | readonly Values[]>>, inline: readonly string[] = []) {
  const set = new HandlerSet(ALERT_HANDLERS, {
    of(d) {
      if (!d.config) return undefined
      const own = configs[d.kind] ?? (d.config.list ? [] : {})
      const whole = (v: Values): Values => ({ ...initialConfig(d.config!.fields), ...v })
      return Array.isArray(own) ? own.map(whole) : whole(own as Values)
    },
  })
  const { handlers, stateChangesOnly } = globalHandlers(set)(inline.map((kind) => ({ kind, params: {} })))
  return { kinds: handlers.map((h) => h.kind), stateChangesOnly }
}

describe('global handlers', () => {
  it('are none by default', () => {
    assert.deepEqual(given({}), { kinds: [], stateChangesOnly: false })
  })

  it('go to alerts that do not name them, also while they are off', () => {
    const configs = { teams: { global: true, enabled: false }, victorops: { global: true } }
    assert.deepEqual(given(configs), { kinds: ['teams', 'victorops'], stateChangesOnly: false })
    assert.deepEqual(given(configs, ['teams']), { kinds: ['victorops'], stateChangesOnly: false })
  })

  it('make all alerts send state changes only, also those that name the handler', () => {
    const configs = { smtp: { global: true, stateChangesOnly: true } }
    assert.deepEqual(given(configs, ['smtp']), { kinds: [], stateChangesOnly: true })
    assert.deepEqual(given({ smtp: { stateChangesOnly: true } }), { kinds: [], stateChangesOnly: false })
  })

  it('of several workspaces follow the default one', () => {
    const elements = (first: boolean, second: boolean) => [
      { workspace: 'a', default: false, global: first },
      { workspace: 'b', default: true, global: second },
    ]
    assert.deepEqual(given({ slack: elements(true, false) }).kinds, [])
    assert.deepEqual(given({ slack: elements(false, true) }), { kinds: ['slack'], stateChangesOnly: false })
  })

  it('discord alone means state changes only', () => {
    assert.deepEqual(given({ discord: [{ global: true }] }), { kinds: ['discord'], stateChangesOnly: true })
  })
})
