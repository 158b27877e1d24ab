// Every alert handler there is. A new one is a file and a line here.
import { aggregateHandler } from './aggregate.ts'
import { alertaHandler } from './alerta.ts'
import { bigpandaHandler } from './bigpanda.ts'
import type { HandlerDeclaration } from './define-handler.ts'
import { discordHandler } from './discord.ts'
import { execHandler } from './exec.ts'
import { hipchatHandler } from './hipchat.ts'
import { kafkaHandler } from './kafka.ts'
import { logHandler } from './log.ts'
import { mqttHandler } from './mqtt.ts'
import { opsgenieHandler } from './opsgenie.ts'
import { opsgenie2Handler } from './opsgenie2.ts'
import { pagerdutyHandler } from './pagerduty.ts'
import { pagerduty2Handler } from './pagerduty2.ts'
import { postHandler } from './post.ts'
import { publishHandler } from './publish.ts'
import { pushoverHandler } from './pushover.ts'
import { sensuHandler } from './sensu.ts'
import { servicenowHandler } from './servicenow.ts'
import { slackHandler } from './slack.ts'
import { smtpHandler } from './smtp.ts'
import { snmptrapHandler } from './snmptrap.ts'
import { talkHandler } from './talk.ts'
import { tcpHandler } from './tcp.ts'
import { teamsHandler } from './teams.ts'
import { telegramHandler } from './telegram.ts'
import { victoropsHandler } from './victorops.ts'
import { zenossHandler } from './zenoss.ts'

export const ALERT_HANDLERS: readonly HandlerDeclaration[] = [
  aggregateHandler,
  alertaHandler,
  bigpandaHandler,
  discordHandler,
  execHandler,
  hipchatHandler,
  kafkaHandler,
  logHandler,
  mqttHandler,
  opsgenie2Handler,
  opsgenieHandler,
  pagerduty2Handler,
  pagerdutyHandler,
  postHandler,
  publishHandler,
  pushoverHandler,
  sensuHandler,
  servicenowHandler,
  slackHandler,
  smtpHandler,
  snmptrapHandler,
  talkHandler,
  tcpHandler,
  teamsHandler,
  telegramHandler,
  victoropsHandler,
  zenossHandler,
]
