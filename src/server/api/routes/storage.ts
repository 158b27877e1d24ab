// Routes of the store: its parts, their check, and a copy of the whole.
import Type from 'typebox'
import { quoteText } from '../../../alert/template/go-quote.ts'
import { Fault } from '../../../base/fault.ts'
import { type Json, readFirstJson } from '../../../base/json-reader.ts'
import { defineBytesRoute, defineRoute, json, NO_CONTENT, streamed } from '../route.ts'
import { ErrorReply, Link, NoContent } from '../schemas.ts'
import type { Services } from '../services.ts'

const tag = 'storage'
const BASE = '/kapacitor/v1/storage'
const STORES = `${BASE}/stores`

type Storage = NonNullable<Services['storage']>

function storage(s: Services): Storage {
  if (s.storage) return s.storage
  throw new Fault('no-storage', 'there is no storage', { status: 404 })
}

export const listStores = defineRoute({
  method: 'GET',
  path: STORES,
  summary: 'The parts of the store.',
  tag,
  replies: { 200: Type.Object({ link: Link, storage: Type.Array(Type.Object({ link: Link, name: Type.String() })) }) },
  handle(s) {
    const stores = storage(s).names.map((name) => ({ link: { rel: 'self', href: `${STORES}/${name}` }, name }))
    return json(200, { link: { rel: 'self', href: STORES }, storage: stores })
  },
})

export const actOnStore = defineBytesRoute({
  method: 'POST',
  path: `${BASE}/*`,
  shownPath: `${STORES}/{name}`,
  summary: 'Reads all of a part of the store, and tells what can not be read.',
  tag,
  body: Type.Object({ action: Type.Literal('rebuild') }),
  replies: { 204: NoContent, 400: ErrorReply, 404: ErrorReply, 500: ErrorReply },
  handle(s, r) {
    const name = r.rest.startsWith('stores/') ? r.rest.slice('stores/'.length) : `${BASE}/${r.rest}`
    const store = storage(s)
    if (!store.has(name)) throw new Fault('no-store', `unknown storage ${quoteText(name)}`, { status: 404 })
    checkAction(r.body)
    store.rebuild(name)
    return NO_CONTENT
  },
})

/** Throws Fault (400) for anything but a rebuild. */
function checkAction(body: Buffer): void {
  let decoded: Json
  try {
    decoded = readFirstJson(body.toString('utf8'))
  } catch (e) {
    throw badAction((e as Error).message)
  }
  const isObject = typeof decoded === 'object' && decoded !== null && !Array.isArray(decoded)
  const { action = '' } = isObject ? (decoded as { action?: unknown }) : {}
  if (action !== 'rebuild') throw badAction(`unknown StorageAction ${String(action)}`)
}

const badAction = (reason: string): Fault =>
  new Fault('bad-action', `failed to unmarshal storage action ${reason}`, { status: 400 })

export const backUp = defineRoute({
  method: 'GET',
  path: `${BASE}/backup`,
  summary:
    'A copy of the whole store as it is at one moment, while the server goes on. Its length tells whether it is whole.',
  tag,
  replies: { 200: Type.String({ format: 'binary' }), 503: ErrorReply },
  async handle(s) {
    const { bytes, stream } = await storage(s).backup()
    return streamed({ name: 'kapacitor.db', bytes, stream })
  },
})
