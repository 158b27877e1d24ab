#!/usr/bin/env node
// Black-box conformance runner: drives a server over HTTP, watches what it sends out, and compares
// both with recorded expectations. It needs nothing but Node. README.md beside this file says how
// case files are written.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import http from 'node:http'
import net from 'node:net'
import zlib from 'node:zlib'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'

const here = path.dirname(fileURLToPath(import.meta.url))
const opts = parseArgs(process.argv.slice(2))
const INFLUX_PORT = opts.basePort, SINK_PORT = opts.basePort + 1, TCP_PORT = opts.basePort + 2
if (opts.spawn) opts.url ??= `http://127.0.0.1:${opts.basePort + 3}`
opts.url ??= 'http://127.0.0.1:9092'
/** Cases that are known to fail, by name. */
const known = new Map(opts.known ? fs.readFileSync(opts.known, 'utf8').split('\n').filter((l) => /^[^#\s]/.test(l)).map((l) => [l.split(/\s+/)[0], l]) : [])
const MASKED_KEYS = new Set(['created', 'modified', 'last-enabled', 'date', 'avg_exec_time_ns', 'average_exec_time_ns'])
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

function parseArgs(argv) {
  const o = { files: [], basePort: 9186, jobs: 4, timeout: 4000, knownTimeout: 600, quiet: 450 }
  for (let i = 0; i < argv.length; i++) {
    const a = argv[i]
    if (a === '--url') o.url = argv[++i]
    else if (a === '--spawn') o.spawn = argv[++i]
    else if (a === '--base-port') o.basePort = Number(argv[++i])
    else if (a === '--record') o.record = true
    else if (a === '--filter') o.filter = new RegExp(argv[++i])
    else if (a === '--jobs') o.jobs = Number(argv[++i])
    else if (a === '--timeout') o.timeout = Number(argv[++i])
    else if (a === '--exact-errors') o.exactErrors = true
    else if (a === '--summary') o.summary = true
    else if (a === '--recorded') o.recorded = true
    else if (a === '--known') o.known = argv[++i]
    else if (a === '--json') o.json = argv[++i]
    else if (a === '--help' || a === '-h') usage()
    else if (a.startsWith('--')) { console.error(`unknown option ${a}`); process.exit(2) }
    else o.files.push(a)
  }
  return o
}
function usage() {
  console.log(`usage: run.mjs [options] [FILE.case | FOLDER]...
  --url URL        the server under test (http://127.0.0.1:9092)
  --spawn CMD      start the server instead; {conf} in CMD becomes the path of a configuration for it
  --filter REGEX   only cases whose name matches          --jobs N     cases at a time (4)
  --timeout MS     wait for an expectation (4000)         --summary    a line for each file, no diffs
  --base-port N    first of the four ports that a run takes (9186: InfluxDB, sink, TCP, server)
  --exact-errors   compare the text of errors too         --json FILE  results as JSON
  --known FILE     cases known to fail, one a line: NAME REASON; one that passes nevertheless is a failure
  --recorded       leave out the decided cases (for a run on the reference implementation)
  --record         write what the server answers into the case files`)
  process.exit(0)
}

// ---- case files ---------------------------------------------------------------------------------
/** Parses a case file into {header, cases:[{name, lines, steps}]}; steps keep their line span so that recording can rewrite them. */
function parseFile(file) {
  const lines = fs.readFileSync(file, 'utf8').split('\n')
  const cases = []
  let cur = null, i = 0
  while (i < lines.length) {
    const line = lines[i]
    if (/^\s*(#.*)?$/.test(line)) { i++; continue }
    const m = /^(\S+)\s*(.*)$/.exec(line)
    if (!m) throw new Error(`${file}:${i + 1}: unexpected indentation`)
    const [, word, rest] = m
    if (word === 'case') { cur = { name: rest.trim(), file, line: i + 1, steps: [], flags: new Set(), masks: [] }; cases.push(cur); i++; continue }
    if (!cur) throw new Error(`${file}:${i + 1}: a step before the first case`)
    const step = { word, rest: rest.trim(), line: i + 1 }
    i++
    ;[step.body, i] = block(lines, i)
    step.expectAt = i
    if (/^=/.test(lines[i] ?? '')) {
      step.expectHead = lines[i].slice(1).trim()
      i++
      ;[step.expect, i] = block(lines, i)
      step.hasExpect = true
    }
    step.expectEnd = i
    if (word === 'about') { cur.about = step.rest; continue }
    if (word === 'decided') { cur.flags.add('decided'); continue }
    if (word === 'mask') { cur.masks.push(...step.rest.split(/[,\s]+/)); continue }
    if (word === 'skip') { cur.skip = step.rest; continue }
    cur.steps.push(step)
  }
  return { file, lines, cases }
}
/** Reads the indented block at line i; blank lines inside it belong to it. The common indent is removed. */
function block(lines, i) {
  const out = []
  let j = i
  while (j < lines.length && (/^\s+\S/.test(lines[j]) || lines[j].trim() === '')) { out.push(lines[j]); j++ }
  while (out.length && out[out.length - 1].trim() === '') { out.pop(); j-- }
  const pad = Math.min(...out.filter((l) => l.trim()).map((l) => /^\s*/.exec(l)[0].length))
  return [out.length ? out.map((l) => l.slice(pad)).join('\n') : undefined, j]
}

// ---- what the server sends out ------------------------------------------------------------------
const received = []   // {path, method, headers, body}
const replies = []    // {path, status, body}
const influx = { queries: [], writes: [], answers: [] }
const tcpLines = []
function collect(req) { return new Promise((done) => { const c = []; req.on('data', (d) => c.push(d)); req.on('end', () => { const b = Buffer.concat(c); done((req.headers['content-encoding'] === 'gzip' ? zlib.gunzipSync(b) : b).toString('utf8')) }) }) }
async function startMocks() {
  const sink = http.createServer(async (req, res) => {
    const body = await collect(req)
    received.push({ path: req.url, method: req.method, headers: req.headers, body })
    const r = replies.findLast((x) => req.url.startsWith(x.path))
    res.writeHead(r?.status ?? 200, { 'content-type': 'application/json' })
    res.end(r?.body ?? '{}')
  })
  const db = http.createServer(async (req, res) => {
    const body = await collect(req)
    const u = new URL(req.url, 'http://x')
    res.setHeader('x-influxdb-version', '1.8.10')
    if (u.pathname === '/ping') return res.writeHead(204).end()
    if (u.pathname === '/write') {
      influx.writes.push({ db: u.searchParams.get('db'), rp: u.searchParams.get('rp'), precision: u.searchParams.get('precision'), body })
      return res.writeHead(204).end()
    }
    if (u.pathname === '/query') {
      const q = u.searchParams.get('q') ?? new URLSearchParams(body).get('q') ?? ''
      influx.queries.push({ q, db: u.searchParams.get('db') })
      const a = influx.answers.findLast((x) => q.includes(x.needle))
      res.writeHead(a?.status ?? 200, { 'content-type': 'application/json' })
      return res.end(a?.body ?? '{"results":[{"statement_id":0}]}')
    }
    res.writeHead(404).end()
  })
  const tcp = net.createServer((s) => { let acc = ''; s.on('error', () => {}); s.on('data', (d) => { acc += d; setTimeout(() => s.end('ok\n'), 30) }); s.on('close', () => { tcpLines.push(...acc.split('\n').filter(Boolean)) }) })
  for (const [s, p] of [[sink, SINK_PORT], [db, INFLUX_PORT], [tcp, TCP_PORT]]) await new Promise((ok, no) => { s.on('error', no); s.listen(p, '127.0.0.1', ok) })
}

// ---- the server under test ----------------------------------------------------------------------
let child, conf, tmpRoot
async function startServer() {
  if (!child) {
    const tpl = fs.readFileSync(path.join(here, 'server.toml'), 'utf8')
    const port = new URL(opts.url).port
    conf = path.join(tmpRoot, 'server.toml')
    fs.writeFileSync(conf, tpl.replaceAll('{DATA}', path.join(tmpRoot, 'data')).replaceAll('{PORT}', port)
      .replaceAll('{INFLUX}', INFLUX_PORT).replaceAll('{SINK}', SINK_PORT).replaceAll('{TCP}', TCP_PORT))
    fs.mkdirSync(path.join(tmpRoot, 'data'), { recursive: true })
  }
  const log = fs.openSync(path.join(tmpRoot, 'server.log'), 'a')
  child = spawn('bash', ['-c', 'exec ' + opts.spawn.replaceAll('{conf}', conf)], { stdio: ['ignore', log, log] })
  child.exited = new Promise((done) => child.on('exit', done))
  for (let n = 0; n < 150; n++) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}; see ${tmpRoot}/server.log`)
    try { if ((await send('GET', '/kapacitor/v1/ping')).status === 204) return } catch {}
    await sleep(100)
  }
  throw new Error('the server did not answer its ping within 15 s')
}
async function stopServer(signal) { child.kill(signal); await child.exited }
const sleep = (ms) => new Promise((r) => setTimeout(r, ms))
function send(method, p, body, headers = {}) {
  return new Promise((ok, no) => {
    const u = new URL(opts.url)
    const req = http.request({ host: u.hostname, port: u.port, method, path: p, headers: { ...headers, ...(body !== undefined ? { 'content-length': Buffer.byteLength(body) } : {}) }, agent: false }, (res) => {
      const c = []
      res.on('data', (d) => c.push(d)); res.on('error', no)
      res.on('end', () => ok({ status: res.statusCode, headers: res.headers, body: Buffer.concat(c).toString('utf8') }))
    })
    req.setTimeout(15000, () => req.destroy(new Error('no answer in 15 s')))
    req.on('error', no)
    req.end(body)
  })
}

// ---- values: parse, mask, print, compare --------------------------------------------------------
/** Integers past 2^53 are kept as text so that a lost digit shows. */
function parseValue(text) {
  if (text === undefined || text === '') return null
  try { return JSON.parse(text.replace(/([:[,]\s*|^)(-?\d{16,})(?=\s*[,\]}]|$)/g, '$1"int:$2"')) } catch { return text }
}
function mask(v, c, key) {
  if (Array.isArray(v)) return v.map((x) => mask(x, c))
  if (v && typeof v === 'object') return Object.fromEntries(Object.keys(v).sort().map((k) => [k, MASKED_KEYS.has(k) || c.masks.includes(k) ? '<any>' : mask(v[k], c, k)]))
  if (typeof v === 'string') return v.replace(UUID, '<uuid>').replace(/avg_exec_time_ns="[^"]*"/g, 'avg_exec_time_ns="<any>"').replace(/avg_exec_time_ns: [^\\n"]*/g, 'avg_exec_time_ns: <any>')
  return v
}
/** The reference's error bodies say their text twice, as `error` and as `message`; the second is not asked for. */
function keysOf(v) { return Object.keys(v).filter((k) => !(k === 'message' && typeof v.error === 'string')) }
function same(a, b, key) {
  if (a === b) return true
  if (a === '<any>' || b === '<any>') return a !== undefined && b !== undefined
  if (key === 'error' && !opts.exactErrors && typeof a === 'string' && typeof b === 'string') return (a === '') === (b === '')
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b))
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((x, i) => same(x, b[i]))
  if (a && b && typeof a === 'object' && typeof b === 'object' && !Array.isArray(b)) {
    const ka = keysOf(a), kb = keysOf(b)
    return ka.length === kb.length && ka.every((k) => k in b && same(a[k], b[k], k))
  }
  return false
}
function print(v, pad = '') {
  const flat = flatJSON(v)
  if (flat.length + pad.length <= 110 || v === null || typeof v !== 'object') return flat
  const inner = pad + '  '
  if (Array.isArray(v)) return `[\n${v.map((x) => inner + print(x, inner)).join(',\n')}\n${pad}]`
  return `{\n${Object.entries(v).map(([k, x]) => `${inner}${JSON.stringify(k)}: ${print(x, inner)}`).join(',\n')}\n${pad}}`
}
function flatJSON(v) {
  if (Array.isArray(v)) return `[${v.map(flatJSON).join(', ')}]`
  if (v && typeof v === 'object') return `{${Object.entries(v).map(([k, x]) => `${JSON.stringify(k)}: ${flatJSON(x)}`).join(', ')}}`
  return JSON.stringify(v)
}

// ---- running a case -----------------------------------------------------------------------------
async function runCase(c) {
  const X = 'x' + randomBytes(4).toString('hex')
  const TMP = path.join(tmpRoot, X)
  fs.mkdirSync(TMP, { recursive: true })
  const fill = (s) => s?.replaceAll('$X', X).replaceAll('$TMP', TMP).replaceAll('$SINK', `http://127.0.0.1:${SINK_PORT}/${X}`).replaceAll('$TCP', `127.0.0.1:${TCP_PORT}`)
  const unfill = (s) => s.replaceAll(`127.0.0.1:${TCP_PORT}`, '$TCP').replaceAll(`http://127.0.0.1:${SINK_PORT}/${X}`, '$SINK').replaceAll(TMP, '$TMP').replaceAll(X, '$X')
  const clean = (text) => mask(parseValue(unfill(text)), c)
  const made = []
  const fails = []
  const lists = new Map() // the last expectation of each list of things sent out, looked at once more at the end
  try {
    for (const s of c.steps) {
      const [a0, ...args] = s.rest.split(/\s+/)
      const unordered = a0 === 'unordered' || args.includes('unordered')
      const arrange = (list) => unordered ? [...list].sort((p, q) => (JSON.stringify(p) < JSON.stringify(q) ? -1 : 1)) : list
      let observe, once = false
      if (s.word === 'task' || s.word === 'template') {
        const id = fill(a0), kind = args[0]
        const dbrps = args.slice(1).filter((w) => w.includes('.')).map((w) => { const [db, rp] = fill(w).split('.'); return { db, rp } })
        const body = { id, type: kind, script: fill(s.body) }
        if (s.word === 'task') { body.status = args.includes('disabled') ? 'disabled' : 'enabled'; if (dbrps.length) body.dbrps = dbrps }
        const r = await send('POST', `/kapacitor/v1/${s.word}s`, JSON.stringify(body))
        made.push(`/kapacitor/v1/${s.word}s/${encodeURIComponent(id)}`)
        if (r.status !== 200) { fails.push({ step: s, got: `${r.status} ${r.body}`, want: `200: the ${s.word} is defined` }); break }
        continue
      }
      if (s.word === 'write') {
        const [db, rp] = fill(a0).split('.')
        const r = await send('POST', `/kapacitor/v1/write?db=${db}&rp=${rp ?? ''}&precision=${args[0] ?? 'ns'}`, fill(s.body))
        if (r.status !== 204) { fails.push({ step: s, got: `${r.status} ${r.body}`, want: '204: the points are written' }); break }
        continue
      }
      if (s.word === 'sleep') { await sleep(parseInt(a0, 10)); continue }
      if (s.word === 'reply') { replies.push({ path: `/${X}/${a0}`, status: Number(args[0] ?? 200), body: fill(s.body) }); continue }
      if (s.word === 'influx-answer') { influx.answers.push({ needle: fill(s.rest), body: fill(s.body) }); continue }
      if (s.word === 'make') { fs.writeFileSync(path.join(TMP, a0), fill(s.body) + '\n'); continue }
      if (s.word === 'restart' || s.word === 'crash') {
        if (!opts.spawn) { fails.push({ step: s, got: 'needs --spawn', want: '' }); break }
        await stopServer(s.word === 'crash' ? 'SIGKILL' : 'SIGTERM'); await startServer(); continue
      }
      if (/^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/.test(s.word)) {
        const headers = {}
        const words = s.rest.split(/\s+/)
        for (const w of words.slice(1)) { const m = /^([\w-]+):(.*)$/.exec(w); if (m) headers[m[1]] = fill(m[2]).replaceAll('%20', ' ') }
        const shown = words.includes('headers') ? words[words.indexOf('headers') + 1].split(',') : []
        const p = fill(words[0])
        once = s.word !== 'GET' && s.word !== 'HEAD'
        const flatten = words.includes('unordered')
        const call = async () => {
          const r = await send(s.word, p, s.body === undefined ? undefined : fill(s.body), headers)
          let body = clean(r.body)
          if (flatten && body?.series) body.series = [...body.series].sort((p, q) => (JSON.stringify(p) < JSON.stringify(q) ? -1 : 1))
          return { head: [r.status, ...shown.map((h) => `${h}:${unfill(String(r.headers[h.toLowerCase()] ?? '-'))}`)].join(' '), value: body }
        }
        const m = /^\/kapacitor\/v1(?:preview)?\/(tasks|templates|recordings|replays)\/?([\w-]*)/.exec(p)
        if (s.word === 'POST' && m) { try { const id = JSON.parse(fill(s.body)).id; if (id) made.push(`/kapacitor/v1/${m[1]}/${encodeURIComponent(id)}`) } catch {} }
        if (once) { const first = await call(); observe = async () => first } else observe = call
        if (!s.hasExpect && !opts.record) { await observe(); continue }
      } else if (s.word === 'sink') {
        observe = async () => ({ head: '', value: arrange(received.filter((r) => r.path === `/${X}/${a0}`).map((r) => args.includes('full') ? { method: r.method, headers: pick(r.headers, args), body: clean(r.body) } : clean(r.body))) })
      } else if (s.word === 'service') {
        observe = async () => ({ head: '', value: arrange(received.filter((r) => new RegExp(`^/service/${a0}(?![\\w-])`).test(r.path) && (r.body + r.path).includes(X)).map((r) => ({ method: r.method, path: unfill(r.path), headers: pick(r.headers, args), body: clean(r.body) }))) })
      } else if (s.word === 'file') {
        observe = async () => { let t = ''; try { t = fs.readFileSync(path.join(TMP, a0), 'utf8') } catch {} return { head: '', value: arrange(t.split('\n').filter(Boolean).map(clean)) } }
      } else if (s.word === 'tcp') {
        observe = async () => ({ head: '', value: arrange(tcpLines.filter((l) => l.includes(X)).map(clean)) })
      } else if (s.word === 'influx-queries') {
        observe = async () => ({ head: '', value: arrange(influx.queries.filter((q) => q.q.includes(X)).map((q) => unfill(q.q))) })
      } else if (s.word === 'influx-writes') {
        observe = async () => ({ head: '', value: arrange(influx.writes.filter((w) => w.db?.includes(X)).flatMap((w) => w.body.trim().split('\n').map((l) => unfill(`${w.db}.${w.rp} ${w.precision ?? ''} ${l}`)))) })
      } else throw new Error(`${c.file}:${s.line}: unknown step '${s.word}'`)

      if (opts.record && !c.flags.has('decided')) { s.recorded = await settle(observe); continue }
      if (!s.hasExpect) { fails.push({ step: s, got: 'no expectation is recorded', want: '' }); continue }
      const want = { head: s.expectHead, value: mask(parseValue(s.expect), c) }
      const deadline = Date.now() + (known.has(c.name) ? opts.knownTimeout : opts.timeout)
      let got
      for (;;) {
        got = await observe()
        if (matches(got, want)) break
        if (once || Date.now() > deadline) { fails.push({ step: s, got: `${got.head} ${print(got.value)}`, want: `${want.head} ${print(want.value)}` }); break }
        await sleep(40)
      }
      if (fails.length && known.has(c.name)) break // it fails, as was known
      if (matches(got, want) && !/^[A-Z]/.test(s.word)) lists.set(`${s.word} ${a0}`, { s, observe, want })
    }
    if (lists.size) {
      await sleep([...lists.values()].some((l) => l.want.value.length === 0) ? 250 : 100)
      for (const { s, observe, want } of lists.values()) { const got = await observe(); if (!matches(got, want)) fails.push({ step: s, got: `later: ${print(got.value)}`, want: print(want.value) }) }
    }
  } catch (e) { fails.push({ step: { word: 'runner', rest: '', line: c.line }, got: String(e.message ?? e), want: 'no failure' }) }
  for (const p of made.reverse()) { try { await send('DELETE', p) } catch {} }
  return fails
}
/** The reference answers many of a client's mistakes with 500; a 4xx is right there, and passes. */
function sameHead(got, want) { return got === want || (/^500\b/.test(want) && /^4\d\d\b/.test(got) && got.slice(3) === want.slice(3)) }
function matches(got, want) { return sameHead(got.head, want.head) && same(got.value, want.value) }
function pick(headers, args) {
  const names = ['content-type', 'authorization', ...args.filter((a) => a.startsWith('+')).map((a) => a.slice(1))]
  return Object.fromEntries(names.filter((n) => headers[n] !== undefined).map((n) => [n, headers[n]]))
}
async function settle(observe) {
  let last = await observe(), since = Date.now()
  const start = Date.now()
  while (Date.now() - since < opts.quiet && Date.now() - start < 6000) {
    await sleep(60)
    const now = await observe()
    if (!matches(now, last)) { last = now; since = Date.now() }
  }
  return last
}
function rewrite(parsed) {
  const out = [...parsed.lines]
  const steps = parsed.cases.flatMap((c) => c.steps).filter((s) => s.recorded).sort((a, b) => b.expectAt - a.expectAt)
  for (const s of steps) {
    const body = s.recorded.value === null ? [] : print(s.recorded.value).split('\n').map((l) => '    ' + l)
    out.splice(s.expectAt, s.expectEnd - s.expectAt, `= ${s.recorded.head}`.trimEnd(), ...body)
  }
  fs.writeFileSync(parsed.file, out.join('\n'))
}

// ---- main ---------------------------------------------------------------------------------------
function expand(p) { return fs.statSync(p).isDirectory() ? fs.readdirSync(p).sort().flatMap((f) => expand(path.join(p, f))) : p.endsWith('.case') ? [p] : [] }
const files = (opts.files.length ? opts.files : [path.join(here, 'cases')]).flatMap(expand).map(parseFile)
const all = files.flatMap((f) => f.cases).filter((c) => (!opts.filter || opts.filter.test(c.name)) && !(opts.recorded && c.flags.has('decided')))
tmpRoot = fs.mkdtempSync(path.join(os.tmpdir(), 'conformance-'))
fs.chmodSync(tmpRoot, 0o755)
await startMocks()
if (opts.spawn) await startServer()
const restarts = (c) => c.steps.some((s) => s.word === 'restart' || s.word === 'crash')
const results = new Map()
let skipped = 0
async function work(queue) { for (let c; (c = queue.shift());) { if (c.skip) { skipped++; continue } results.set(c, await runCase(c)) } }
/** A server that a case has brought down is started again, and what ran beside that case is run once more, alone. */
async function afterCrash() {
  if (!opts.spawn || (child.exitCode === null && child.signalCode === null)) return
  const again = [...results].filter(([, f]) => f.some((x) => /ECONN|hang up/.test(x.got))).map(([c]) => c)
  console.error(`the server went down; ${again.length} cases are run again one by one`)
  for (const c of again) {
    if (child.exitCode !== null || child.signalCode !== null) await startServer()
    const fails = await runCase(c)
    if (child.exitCode !== null || child.signalCode !== null) fails.push({ step: { word: 'the server', rest: '', line: c.line }, got: 'it went down', want: 'it stays up' })
    results.set(c, fails)
  }
  if (child.exitCode !== null || child.signalCode !== null) await startServer()
}
const queue = all.filter((c) => !restarts(c))
while (queue.length) { // in slices, so that a crash costs little
  const slice = queue.splice(0, 40)
  await Promise.all(Array.from({ length: opts.jobs }, () => work(slice)))
  await afterCrash()
}
await work(all.filter(restarts))
if (opts.record) files.forEach(rewrite)
let failed = 0
let excused = 0
for (const [c, fails] of results) if (known.has(c.name)) {
  if (fails.length) { excused++; results.delete(c) } else fails.push({ step: { word: 'known', rest: '', line: c.line }, got: 'it passes', want: `a failure, says ${opts.known}: take its line out` })
}
for (const f of files) {
  const ran = f.cases.filter((c) => results.has(c))
  const bad = ran.filter((c) => results.get(c).length)
  failed += bad.length
  if (opts.summary && ran.length) console.log(`${path.basename(f.file).padEnd(34)} ${String(ran.length - bad.length).padStart(4)} of ${ran.length}`)
  if (!opts.summary) for (const c of bad) {
    console.log(`FAILED ${c.name}  (${path.relative(process.cwd(), c.file)}:${c.line})`)
    for (const x of results.get(c)) console.log(`  line ${x.step.line}: ${x.step.word} ${x.step.rest}\n    want ${x.want.replaceAll('\n', '\n         ')}\n    got  ${x.got.replaceAll('\n', '\n         ')}`)
  }
}
if (opts.json) fs.writeFileSync(opts.json, JSON.stringify(all.map((c) => ({ name: c.name, file: path.basename(c.file), passed: results.has(c) ? results.get(c).length === 0 : null })), null, 1))
if (opts.spawn) await stopServer('SIGTERM')
console.log(`${results.size - failed} passed, ${failed} failed${skipped + excused ? `, ${skipped + excused} skipped` : ''}`)
if (!failed && !process.env.KEEP) fs.rmSync(tmpRoot, { recursive: true, force: true }); else console.error(`kept ${tmpRoot}`)
process.exit(failed && !opts.record ? 1 : 0)
