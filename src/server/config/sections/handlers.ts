// The sections of the alert handlers: each handler's own declaration of its keys, as the configuration takes it.
import { ALERT_HANDLERS } from '../../../alert/handlers/handler-list.ts'
import type { SectionDecl } from '../section.ts'

export const handlerSections: readonly SectionDecl[] = ALERT_HANDLERS.flatMap(({ config, doc }) =>
  config ? [{ ...config, doc, overridable: true }] : [],
)
