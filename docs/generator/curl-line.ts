// A call of the API as a line for the shell.

export interface Call {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly body?: string | undefined
  /** Further arguments of curl. */
  readonly flags?: string | undefined
}

/** Where the pages look for the server. */
export const SERVER = 'http://localhost:9092'

/** The line; a body of several lines, or with single quotes, is fed to it. */
export function curlLine({ method, path, body, flags }: Call): string {
  const implied = body === undefined ? 'GET' : 'POST'
  const url = `${SERVER}${path}`
  const words = [
    'curl',
    ...(flags === undefined ? [] : [flags]),
    ...(method === implied ? [] : [method === 'HEAD' ? '-I' : `-X ${method}`]),
    /[?&*'#]/.test(url) ? `'${url}'` : url,
  ]
  if (body === undefined) return words.join(' ')
  if (!body.includes("'") && !body.includes('\n')) return `${words.join(' ')} -d '${body}'`
  return `${words.join(' ')} --data-binary @- <<'END'\n${body.trimEnd()}\nEND`
}
