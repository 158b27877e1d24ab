// A file of commands, run one after the other; what they print is the golden file beside it.
import { readFileSync, writeFileSync } from 'node:fs'
import { routes } from '../../src/cli/client.ts'
import { CliSession, SESSION_START, startCliServer, steady } from './cli-session.ts'

/** Words of a line: quotes keep blanks, as in a shell. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    (m) => m[1] ?? m[2]?.replaceAll('\\"', '"') ?? m[3]!,
  )
}

/**
 * Lines: `$ supercap …` runs a command; `@write DB.RP LINE…` writes points; `@feed DB.RP LINE` writes the line, with the time
 * of the session, at each pause of the commands after it; `@delivered` waits until no notification waits; `@config LINE` is a
 * line of the server's configuration; `# …` is for readers.
 */
export async function runTranscript(file: string, terminal: boolean): Promise<string> {
  const lines = readFileSync(file, 'utf8').split('\n')
  const config = lines.flatMap((line) => (line.startsWith('@config ') ? [line.slice('@config '.length)] : []))
  const server = await startCliServer(config.join('\n'))
  try {
    let feed: { db: string; rp: string; line: string } | undefined
    let recording: { id: string; stop: number } | undefined
    const session = new CliSession({
      url: server.url,
      terminal,
      stdin: readFileSync('files/messy.tick', 'utf8'),
      async pause(now) {
        if (now > SESSION_START + 600_000) throw new Error('a command waits for ever')
        if (feed) await session.client.write({ db: feed.db, rp: feed.rp, precision: 'ms' }, `${feed.line} ${now}`)
        // The last point has been written: the session's clock stands until the server has written its file.
        if (recording && now > recording.stop)
          while ((await session.client.getRecording(recording.id)).status === 'running');
      },
    })
    const out: string[] = []
    for (const line of lines) {
      if (line === '' || line.startsWith('#') || line.startsWith('@config ')) continue
      if (line === '@delivered') {
        while (
          (await session.client.call(routes.listDeliveries, { query: { state: 'waiting' } })).deliveries.length > 0
        );
        continue
      }
      if (line.startsWith('$ supercap')) {
        const m = /record stream .*-duration (\d+)s -recording-id (\w+)/.exec(line)
        recording = m ? { id: m[2]!, stop: session.now + Number(m[1]) * 1000 } : undefined
        const { code, screen } = await session.run(wordsOf(line.slice('$ supercap'.length)))
        out.push(`${line}\n${screen.replace(/\n?$/, screen === '' ? '' : '\n')}${code === 0 ? '' : `[${code}]\n`}`)
        continue
      }
      const m = /^@(write|feed) (\w+)\.(\w+) (.*)$/.exec(line)
      if (!m) throw new Error(`${file}: ${line}`)
      const [, what, db, rp, points] = m as unknown as [string, string, string, string, string]
      if (what === 'feed') feed = { db, rp, line: points }
      else await session.client.write({ db, rp }, points.replaceAll('; ', '\n'))
    }
    return steady(out.join('\n'))
  } finally {
    await server.stop()
  }
}

/** The golden text; UPDATE_GOLDEN=1 writes it anew. */
export function golden(file: string, actual: string): string {
  if (process.env['UPDATE_GOLDEN']) writeFileSync(file, actual)
  return readFileSync(file, 'utf8')
}
