// JSON from a file, made into something else: what is wrong with it is said with the name of the file.
import { type Json, JsonError, readFirstJson } from '../base/json-reader.ts'
import { CommandFailed } from './command.ts'
import type { Source } from './read-sources.ts'

/** `refusal` is what `make` throws when the JSON has the wrong form. Throws CommandFailed. */
export function readJsonSource<T>(
  { name, text }: Source,
  make: (json: Json) => T,
  refusal: new (...args: never[]) => Error,
): T {
  try {
    return make(readFirstJson(text))
  } catch (e) {
    if (!(e instanceof refusal) && !(e instanceof JsonError)) throw e
    throw new CommandFailed(`${name}: ${e.message}`)
  }
}
