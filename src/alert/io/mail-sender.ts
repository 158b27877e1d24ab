// Sends mail over SMTP. Connections begin in plain text and turn to TLS when the server offers it; they are kept for a
// while. Knows no event.
import { createHash, createHmac } from 'node:crypto'
import type { SMTPConnectionCustomAuthContext } from 'nodemailer/lib/smtp-connection'
import { messageOf } from '../../base/fault.ts'
import { DeliveryFault } from '../delivery-fault.ts'
import { inTime, KeptConnections } from './kept-connections.ts'
import type { Mail, MailServer } from './messaging.ts'

const CONNECT_MS = 10_000
/** Connections to one server at once: one slow mail holds up no other handler's. */
const MAX_CONNECTIONS = 4

type Transport = ReturnType<typeof import('nodemailer')['createTransport']>

export class MailSender {
  // The transport closes its own connections when they are idle; here it is only forgotten after that.
  readonly #servers = new KeptConnections<Transport>({
    idleMs: 600_000,
    close: (transport) => transport.close(),
    spoils: () => false,
  })

  /** Resolves with the server's answer. Rejects with a DeliveryFault. */
  send(server: MailServer, mail: Mail, timeoutMs: number): Promise<string> {
    const open = () => openTransport(server, timeoutMs)
    return this.#servers.use(JSON.stringify(server), open, async (transport) => {
      const what = `mail by ${server.host}:${server.port}`
      try {
        const { from, to, subject, html, key } = mail
        const sent = transport.sendMail({
          from,
          to: [...to],
          subject,
          html,
          ...(key === '' ? {} : { messageId: messageId(key, from) }),
        })
        const info = (await inTime(sent, timeoutMs, what)) as { response?: string; rejected?: readonly unknown[] }
        const refused = info.rejected?.length ? ` (refused: ${info.rejected.map(String).join(', ')})` : ''
        return `${info.response ?? ''}${refused}`
      } catch (e) {
        throw faultOf(e, what)
      }
    })
  }

  close(): Promise<void> {
    return this.#servers.close()
  }
}

/** A repeat of a mail has the same id, so that servers and readers can tell. */
function messageId(key: string, from: string): string {
  const host = /@([^>\s]+)/.exec(from)?.[1] ?? 'localhost'
  return `<${createHash('sha256').update(key).digest('hex').slice(0, 32)}@${host}>`
}

async function openTransport(server: MailServer, timeoutMs: number): Promise<Transport> {
  const { createTransport } = await import('nodemailer')
  const { host, port, username, password, skipVerify, idleMs } = server
  return createTransport({
    pool: true,
    host,
    port,
    secure: false,
    maxConnections: MAX_CONNECTIONS,
    maxRequeues: 0,
    idleTimeout: Math.max(1, idleMs),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    socketTimeout: timeoutMs,
    tls: skipVerify ? { rejectUnauthorized: false } : {},
    ...(username === ''
      ? {}
      : { auth: { user: username, pass: password }, customAuth: { PLAIN: signIn, LOGIN: signIn } }),
  } as Parameters<typeof createTransport>[0])
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64')

/** The method that shows the password least: CRAM-MD5 when it is offered, else PLAIN, else LOGIN. */
async function signIn(c: SMTPConnectionCustomAuthContext): Promise<void> {
  const { user, pass } = c.auth.credentials
  const answer = async (command: string, wanted: number): Promise<string> => {
    const reply = await c.sendCommand(command)
    if (reply.status !== wanted) throw new Error(`Invalid login: ${reply.response}`)
    return reply.text
  }
  if (c.authMethods.includes('CRAM-MD5')) {
    const challenge = Buffer.from(await answer('AUTH CRAM-MD5', 334), 'base64')
    const digest = createHmac('md5', pass).update(challenge).digest('hex')
    await answer(base64(`${user} ${digest}`), 235)
  } else if (c.authMethods.includes('PLAIN')) {
    await answer(`AUTH PLAIN ${base64(`\0${user}\0${pass}`)}`, 235)
  } else {
    await answer('AUTH LOGIN', 334)
    await answer(base64(user), 334)
    await answer(base64(pass), 235)
  }
}

/** 4xx answers and trouble on the way pass by themselves; a 5xx answer does not, but another mail may get through. */
function faultOf(e: unknown, what: string): DeliveryFault {
  if (e instanceof DeliveryFault) return e
  const status = (e as { responseCode?: number }).responseCode
  const isRefused = status !== undefined && status >= 500
  const code = (e as { code?: string }).code
  // Without a status it is the network, unless the mail itself can't be made.
  const isWrong = status === undefined && (code === 'EENVELOPE' || code === 'EMESSAGE')
  return new DeliveryFault('mail-failed', `${what}: ${messageOf(e)}`, {
    retry: !isRefused && !isWrong,
    holds: !isRefused && !isWrong,
    cause: e,
  })
}
