// The alert node as scripts see it. Its handlers are declarations that are passed in; what it does stands in
// alert/alert-receiver.ts.
import { type HandlerDeclaration, scriptSpec } from '../alert/handlers/define-handler.ts'
import { defineNode, type NodeDeclaration } from '../flow/contract.ts'
import type { Fields, ObjectParam } from '../lang/fields.ts'
import { constantFault } from '../lang/lambda/evaluate-constant.ts'
import { alertFields } from './alert/alert-fields.ts'
import { AlertReceiver } from './alert/alert-receiver.ts'

const STATS = [
  'alerts_inhibited',
  'alerts_triggered',
  'crits_triggered',
  'infos_triggered',
  'oks_triggered',
  'warns_triggered',
]
/** The alert node with these handlers. */
export function alertNode(handlers: readonly HandlerDeclaration[]): NodeDeclaration {
  const methods = handlers.filter((d) => d.method).sort((a, b) => (a.method!.name < b.method!.name ? -1 : 1))
  const handlerFields: Fields = Object.fromEntries(methods.map((d) => [d.method!.name, scriptSpec(d)]))
  return defineNode({
    name: 'alert',
    typeName: 'AlertNode',
    needs: 'main',
    wants: 'parent',
    provides: 'parent',
    doc: 'Computes a level for each point or batch and sends an event when there is something to tell.',
    fields: { ...alertFields, ...handlerFields } as typeof alertFields,
    stats: STATS,
    stateParams: ['history', 'flapping', 'id'],
    examples: [
      "stream|from().measurement('cpu')|alert().crit(lambda: \"usage\" > 90.0).log('/tmp/alerts.log')",
      "stream|from().measurement('cpu')|alert().warn(lambda: \"usage\" > 70.0).stateChangesOnly(10m).topic('cpu')",
    ],
    check: (p) =>
      [p.info, p.warn, p.crit, p.infoReset, p.warnReset, p.critReset]
        .map((lambda) => lambda && constantFault(lambda))
        .find((reason) => reason !== undefined),
    run: (params, ctx) => {
      const all = params as unknown as Readonly<Record<string, readonly ObjectParam[]>>
      return new AlertReceiver(
        params,
        methods.flatMap((d) => all[d.method!.name] ?? []),
        ctx,
      )
    },
  })
}
