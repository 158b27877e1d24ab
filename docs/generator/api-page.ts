// The page about the HTTP API: each route with its parameters, body, answers and a call that works, from the route
// values. Objects that several routes answer are shown once, after the routes of the first tag that has them.
import type { Route } from '../../src/server/api/route.ts'
import type { Example } from './api-examples.ts'
import { curlLine } from './curl-line.ts'
import { code, fenced, link, pageHead, paragraphs, table } from './markdown.ts'
import { fieldRows, type LinkTo, namedIn, type Schema, typeText } from './schema-text.ts'

const INTRO = `Kapacitor's HTTP API, version 1.8, and what this server has beside it. The server itself describes it as OpenAPI at
\`/kapacitor/v1/openapi.json\`. The calls on this page work as they stand, once what they name is there: it is
defined on this page, too. (Recordings and replays that ask InfluxDB need one.)

- Bodies and answers are JSON, but for written points and backups. Content types are not looked at.
- Written points may be packed (\`Content-Encoding: gzip\`); answers are when the client takes it (\`curl --compressed\`).
- Times are RFC 3339. Durations are text (\`1h30m\`). Integers beyond 2^53 keep every digit.
- An ID has letters, digits, \`-\`, \`.\` and \`_\`.
- A \`pattern\` is one of the shell: \`cpu*\`, \`host?\`, \`[ab]\`; it has to fit the whole.
- \`link.href\` is the object's own path.
- Parameters that are not known do no harm.`

const STATUS: readonly (readonly string[])[] = [
  ['200, 201, 202', 'Done; begun; still running. The body is the answer.'],
  ['204', 'Done. There is no body.'],
  ['400', 'The request is wrong; the error says what.'],
  ['401, 403', 'Who asks is not known, or may not.'],
  ['404', 'No such object, or no such route.'],
  ['409', 'There is one of this ID, or one is under way.'],
  ['413', 'The body is larger than `max-body-size` of `[http]`.'],
  ['500', 'The server could not do it.'],
  ['501', 'This server has nothing of the kind.'],
  ['503', 'Not now: too much waits, or the disk is full. `Retry-After` says when to try again.'],
]

const ERRORS = `An answer from 400 on is \`{"error": "…", "message": "…"}\`, both with the same text.`

const ACCESS = `Without \`auth-enabled = true\` under \`[http]\` everybody who reaches the server may do everything. With it each call
carries one of these, or is answered 401:

- user and password: \`curl -u kim:secret …\`, or \`?u=kim&p=secret\`
- a JSON web token, \`curl -H 'Authorization: Bearer TOKEN' …\`, signed with HS256, HS384 or HS512 and the \`shared-secret\` of
  \`[http]\`; its claims are \`username\` and \`exp\`

What a user may do, and how the first one is made: [security.md](security.md).`

interface Tag {
  readonly title: string
  readonly intro?: string
}

/** In the order of the page; tags that are not here follow. */
const TAGS: Readonly<Record<string, Tag>> = {
  data: {
    title: 'Writing data',
    intro: 'Line protocol in. Telegraf and other clients of InfluxDB 1.x write here as they write there.',
  },
  tasks: { title: 'Tasks' },
  templates: { title: 'Templates' },
  topics: {
    title: 'Topics, events, handlers',
    intro: 'See [alerts.md](alerts.md) for what topics do, [handlers.md](handlers.md) for the options of each kind.',
  },
  delivery: {
    title: 'Delivery',
    intro: 'What became of notifications; see [alerts.md](alerts.md#delivery). Not part of Kapacitor.',
  },
  silences: { title: 'Silences', intro: 'See [alerts.md](alerts.md#silences). Not part of Kapacitor.' },
  recordings: { title: 'Recordings', intro: 'See [recordings.md](recordings.md).' },
  replays: { title: 'Replays', intro: 'See [recordings.md](recordings.md#replays).' },
  config: {
    title: 'Config',
    intro: 'The sections that can be changed while the server runs; see [configuration.md](configuration.md).',
  },
  'service-tests': {
    title: 'Service tests',
    intro: 'Sends something to a service, to see whether its configuration is right.',
  },
  storage: { title: 'Storage' },
  subscriptions: { title: 'Subscriptions' },
  sideload: { title: 'Sideload' },
  users: {
    title: 'Users',
    intro: 'See [security.md](security.md). Only with `enabled = true` under `[auth]`; without it they answer 404.',
  },
  service: { title: 'The server itself' },
  profiles: { title: 'Profiles', intro: 'For developers; the files open in the developer tools of Chrome.' },
}

const pathOf = (r: Route): string => r.shownPath ?? r.path

/** Routes that are the same under several paths stand together. */
interface Entry {
  readonly routes: readonly Route[]
  readonly examples: readonly Example[]
}

function entries(routes: readonly (readonly [string, Route])[], examples: readonly Example[]): Entry[] {
  const all: Entry[] = []
  for (const [name, route] of routes) {
    const own = examples.filter((e) => e.route === name && !e.hidden)
    const same = all.findIndex((e) => e.routes[0]!.handle === route.handle)
    const before = all[same]
    if (before) all[same] = { routes: [...before.routes, route], examples: before.examples }
    else all.push({ routes: [route], examples: own })
  }
  return all
}

/** Where a path leads to before those of its parts, and reading comes first. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

function inOrder(a: Entry, b: Entry): number {
  const [x, y] = [a.routes[0]!, b.routes[0]!]
  if (pathOf(x) !== pathOf(y)) return pathOf(x) < pathOf(y) ? -1 : 1
  return METHODS.indexOf(x.methods[0]!) - METHODS.indexOf(y.methods[0]!)
}

const headOf = (r: Route): string => `${r.methods[0]} ${pathOf(r)}`

function answersOf(r: Route, linkTo: LinkTo): string {
  const errors = Object.keys(r.replies).filter((status) => Number(status) >= 400)
  const rows = Object.entries(r.replies)
    .filter(([status]) => Number(status) < 400)
    .map(([status, schema]) => [status, answerText(schema as Schema, linkTo)])
  if (errors.length > 0) rows.push([errors.join(', '), 'an error'])
  return table(['status', 'answer'], rows)
}

function answerText(s: Schema, linkTo: LinkTo): string {
  if (s.type === 'null') return 'no body'
  if (s.format === 'binary') return 'bytes'
  if (s.type === 'string') return s.description ?? 'text'
  if (s.title === undefined && s.properties) {
    const parts = Object.entries(s.properties).filter(([name]) => name !== 'link')
    return parts
      .map(([name, f]) => [`${code(name)}: ${typeText(f, linkTo)}.`, f.description ?? ''].join(' ').trim())
      .join(' ')
  }
  return typeText(s, linkTo)
}

/** Objects within an answer that have no name, such as those of a list. */
function answerRows(r: Route, linkTo: LinkTo): string[][] {
  const success = Object.entries(r.replies).find(([status]) => Number(status) < 300)?.[1] as Schema | undefined
  if (!success || success.title !== undefined) return []
  return fieldRows(success, linkTo, false).filter(([name]) => name!.includes('.') || name!.includes('[]'))
}

function bodyText(r: Route, linkTo: LinkTo): string {
  const s = r.body as Schema | undefined
  if (!s) return ''
  if (s.title !== undefined) return `Body: ${linkTo(s.title)}.`
  const rows = fieldRows(s.items ?? s, linkTo, true)
  if (rows.length === 0) return `Body: ${s.description ?? 'JSON.'}`
  return paragraphs(s.type === 'array' ? 'Body: a list of' : 'Body:', table(['', '', ''], rows))
}

/** The call of an example of a route. */
export function exampleLine(example: Example, route: Route): string {
  const method = route.methods.find((m) => example.body === undefined || m !== 'GET') ?? 'GET'
  return curlLine({ ...example, method })
}

function callsOf(e: Entry): string {
  const route = e.routes[0]!
  if (e.examples.length === 0) return fenced('sh', curlLine({ method: route.methods[0]!, path: pathOf(route) }))
  const parts: string[] = []
  let lines: string[] = []
  const flush = (): void => {
    if (lines.length > 0) parts.push(fenced('sh', lines.join('\n')))
    lines = []
  }
  for (const x of e.examples) {
    if (x.says !== undefined) {
      flush()
      parts.push(x.says)
    }
    lines.push(exampleLine(x, route))
  }
  flush()
  return paragraphs(...parts)
}

function routeSection(e: Entry, linkTo: LinkTo): string {
  const [route, ...others] = e.routes
  const r = route!
  const methods = r.methods.length > 1 ? `${r.methods.map(code).join(' and ')}. ` : ''
  const also = others.length === 0 ? '' : ` Also at ${others.map((o) => code(pathOf(o))).join(', ')}.`
  return paragraphs(
    `### ${headOf(r)}`,
    `${methods}${r.summary}${also}`,
    table(['parameter', '', ''], fieldRows((r.query ?? {}) as Schema, linkTo, true)),
    bodyText(r, linkTo),
    callsOf(e),
    answersOf(r, linkTo),
    table(['', '', ''], answerRows(r, linkTo)),
  )
}

/** The page. `routes` by name; `examples` in the order in which they work. */
export function apiPage(routes: Readonly<Record<string, Route>>, examples: readonly Example[]): string {
  const shown = Object.entries(routes).filter(([, r]) => !r.hidden)
  const tags = [...new Set([...Object.keys(TAGS), ...shown.map(([, r]) => r.tag)])].filter((t) =>
    shown.some(([, r]) => r.tag === t),
  )
  const titleOf = (tag: string): string => TAGS[tag]?.title ?? `${tag[0]!.toUpperCase()}${tag.slice(1)}`
  const linkTo: LinkTo = (title) => link(title, '', `object ${title}`)
  const told = new Set<string>()
  const objects = (group: readonly Entry[]): string[] => {
    const out: string[] = []
    const schemas = group
      .flatMap((e) => e.routes)
      .flatMap((r) => [...(r.body ? [r.body] : []), ...Object.values(r.replies)])
    for (const schema of schemas)
      for (const s of namedIn(schema as Schema)) {
        if (told.has(s.title!)) continue
        told.add(s.title!)
        out.push(
          paragraphs(
            `### Object: ${s.title}`,
            table(['field', '', ''], fieldRows(s, linkTo, /definition$/.test(s.title!))),
          ),
        )
      }
    return out
  }
  const sections = tags.map((tag) => {
    const group = entries(
      shown.filter(([, r]) => r.tag === tag),
      examples,
    ).sort(inOrder)
    return paragraphs(
      `## ${titleOf(tag)}`,
      TAGS[tag]?.intro ?? '',
      ...group.map((e) => routeSection(e, linkTo)),
      ...objects(group),
    )
  })
  return paragraphs(
    pageHead('HTTP API', INTRO),
    tags.map((t) => link(titleOf(t))).join(' · '),
    '## Answers',
    table(['status', ''], STATUS),
    ERRORS,
    '## Who may call',
    ACCESS,
    ...sections,
  ).trimEnd()
}
