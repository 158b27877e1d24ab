// The certificate of the server's own listener: read from its files, checked, and read again when they change, without a
// restart. New connections see the new one, open ones go on. A new one that can't be used is told of; the old one stays.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext, type SecureContextOptions, type Server } from 'node:tls'
import { Fault, messageOf } from '../../base/fault.ts'
import type { Logger } from '../../base/logger.ts'

/** How often the files are looked at. */
const CHECK_MS = 10_000
const DAY_SECONDS = 86_400
/** A certificate that ends sooner is told of each time it is read. */
const WARN_DAYS = 14

export interface CertificateFiles {
  /** PEM: the certificate, then those between it and the authority. */
  readonly certificate: string
  /** PEM; empty: it stands in the certificate's file. */
  readonly privateKey: string
}

interface Loaded {
  readonly cert: string
  readonly key: string
}

export class ServerCertificate {
  readonly #files: CertificateFiles
  readonly #tls: SecureContextOptions
  readonly #logger: Logger
  readonly #servers = new Set<Server>()
  #loaded: Loaded
  /** What was last told to be wrong with the files: it is told once. */
  #told: string | undefined
  #timer: NodeJS.Timeout | undefined

  /** Throws a Fault that says which file is the trouble. `tls`: what is accepted of connections. */
  constructor(files: CertificateFiles, tls: SecureContextOptions, logger: Logger) {
    this.#files = files
    this.#tls = tls
    this.#logger = logger
    this.#loaded = this.#read()
    this.#check(this.#loaded)
    this.#announce()
  }

  /** What a TLS server is made with. */
  get options(): SecureContextOptions {
    return { ...this.#tls, ...this.#loaded }
  }

  /** Until the certificate ends; negative when it has. */
  get secondsLeft(): number {
    return Math.floor((Date.parse(new X509Certificate(this.#loaded.cert).validTo) - Date.now()) / 1000)
  }

  /** Gives the server the certificates that come later, too, for as long as it is open. */
  keepFresh(server: Server): void {
    this.#servers.add(server)
    this.#timer ??= setInterval(() => this.reload(), CHECK_MS).unref()
    server.once('close', () => {
      this.#servers.delete(server)
      if (this.#servers.size > 0) return
      clearInterval(this.#timer)
      this.#timer = undefined
    })
  }

  /** Reads the files; what is new is used from the next connection on. Never throws. */
  reload(): void {
    let loaded: Loaded
    try {
      loaded = this.#read()
      if (loaded.cert === this.#loaded.cert && loaded.key === this.#loaded.key) {
        this.#told = undefined
        return
      }
      this.#check(loaded)
    } catch (e) {
      const problem = messageOf(e)
      if (problem !== this.#told) this.#logger.error('the old certificate stays in use', { err: problem })
      this.#told = problem
      return
    }
    this.#told = undefined
    this.#loaded = loaded
    for (const server of this.#servers) server.setSecureContext(this.options)
    this.#announce()
  }

  #read(): Loaded {
    const { certificate, privateKey } = this.#files
    const cert = readPem(certificate, 'https-certificate')
    return { cert, key: privateKey === '' ? cert : readPem(privateKey, 'https-private-key') }
  }

  /** Throws a Fault for what can't be used. */
  #check({ cert, key }: Loaded): void {
    const { certificate, privateKey } = this.#files
    const keyFile = privateKey === '' ? certificate : privateKey
    checking(certificate, 'holds no certificate in PEM', () => new X509Certificate(cert))
    checking(keyFile, 'holds no private key in PEM, or one with a passphrase', () => createPrivateKey(key))
    // What is left to be wrong: the key of another certificate, or settings that OpenSSL does not take.
    checking(keyFile, `does not go with ${certificate}`, () => createSecureContext({ ...this.#tls, cert, key }))
  }

  #announce(): void {
    const { subject, validTo } = new X509Certificate(this.#loaded.cert)
    const fields = { subject: subject.replaceAll('\n', ', '), 'valid-to': validTo }
    const days = this.secondsLeft / DAY_SECONDS
    if (days < 0) this.#logger.warn('the certificate has expired', fields)
    else if (days < WARN_DAYS) this.#logger.warn('the certificate expires soon', fields)
    else this.#logger.info('using the certificate', fields)
  }
}

function readPem(file: string, setting: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (e) {
    throw new Fault('bad-certificate', `can't read [http] ${setting}: ${messageOf(e)}`, { cause: e })
  }
}

function checking(file: string, problem: string, check: () => unknown): void {
  try {
    check()
  } catch (e) {
    throw new Fault('bad-certificate', `${file} ${problem}: ${messageOf(e)}`, { cause: e })
  }
}
