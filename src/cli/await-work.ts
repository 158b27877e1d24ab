// Waits for a recording or a replay: asks every half second how it is, with a bar for whoever watches.
import { CommandFailed, type Context } from './command.ts'
import { barText, waitingText } from './progress-bar.ts'

const POLL_MS = 500

interface Work {
  readonly id: string
  readonly status: string
  readonly error: string
  readonly progress: number
}

export interface AwaitOptions<W> {
  /** What stands before the bar. */
  readonly label: string
  readonly started: W
  get(id: string): Promise<W>
  /** Milliseconds that it will take, when that is known. */
  readonly durationMs?: number | undefined
  /** Said after a while, when it may go on for ever. */
  readonly slow?: { readonly afterMs: number; readonly hint: string }
}

/** Prints the ID when the work is done; throws CommandFailed when it failed. */
export async function awaitWork<W extends Work>(context: Context, o: AwaitOptions<W>): Promise<void> {
  const { out, world, json } = context
  const began = world.now()
  let work = o.started
  let told = false
  while (work.status === 'running') {
    await world.sleep(POLL_MS)
    work = await o.get(work.id)
    const ms = world.now() - began
    if (o.slow && !told && ms > o.slow.afterMs && work.status === 'running') {
      out.status('')
      out.hint(o.slow.hint)
      told = true
    }
    const share = work.progress > 0 ? work.progress : o.durationMs ? ms / o.durationMs : undefined
    const text =
      share === undefined
        ? waitingText(o.label, ms / 1000, out.width)
        : barText(o.label, work.status === 'running' ? share : 1, ms / 1000, out.width)
    out.status(text)
  }
  out.status('')
  if (json) out.json(work)
  else out.line(work.id)
  if (work.status === 'failed') throw new CommandFailed(work.error)
}
