// The list of all commands, in the order of help.
import type { Command } from './command.ts'
import { ast } from './commands/ast.ts'
import { check } from './commands/check.ts'
import { completionCommands } from './commands/completion.ts'
import { deadLetters } from './commands/dead-letters.ts'
import { define } from './commands/define.ts'
import { defineTemplate } from './commands/define-template.ts'
import { defineTopicHandler } from './commands/define-topic-handler.ts'
import { deleteCommand } from './commands/delete.ts'
import { deliveries } from './commands/deliveries.ts'
import { disable, enable, reload } from './commands/enable.ts'
import { fmt } from './commands/fmt.ts'
import { helpCommand } from './commands/help.ts'
import { importCommand } from './commands/import.ts'
import { list } from './commands/list.ts'
import { logs, watch } from './commands/logs.ts'
import { pipeline } from './commands/pipeline.ts'
import { record } from './commands/record.ts'
import { replay, replayLive } from './commands/replay.ts'
import { backup, level, serviceTests, stats, vars } from './commands/server-state.ts'
import { show } from './commands/show.ts'
import { showTemplate } from './commands/show-template.ts'
import { showTopic, showTopicHandler } from './commands/show-topic.ts'
import { silences } from './commands/silences.ts'
import { users } from './commands/users.ts'
import { version } from './commands/version.ts'
import { COMMON_FLAGS, flagsOf, MAIN_FLAGS } from './main-flags.ts'

export const COMMANDS: readonly Command[] = [
  define,
  defineTemplate,
  defineTopicHandler,
  enable,
  disable,
  reload,
  list,
  show,
  showTemplate,
  showTopic,
  showTopicHandler,
  deleteCommand,
  deliveries,
  deadLetters,
  silences,
  users,
  record,
  replay,
  replayLive,
  watch,
  logs,
  level,
  stats,
  vars,
  serviceTests,
  backup,
  importCommand,
  check,
  fmt,
  ast,
  pipeline,
  ...completionCommands(() => COMMANDS, flagsOf),
  version,
  helpCommand(() => COMMANDS, { ...MAIN_FLAGS, ...COMMON_FLAGS }),
]
