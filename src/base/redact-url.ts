// Takes what is secret out of URLs before anybody reads them. Knows nothing of logs.

export const REDACTED = '[REDACTED]'

/** A URL with its password taken out, and its query's values if asked. Text that is no URL comes back as it was. */
export function redactUrl(text: string, query = false): string {
  const password = passwordOf(text)
  const hidden = password === undefined ? text : text.replace(`:${password}@`, `:${REDACTED}@`)
  return query ? hidden.replace(/([?&][^=&#]*=)[^&#]*/g, `$1${REDACTED}`) : hidden
}

/** The password of a URL, as it stands there; undefined when it has none. */
export function passwordOf(url: string): string | undefined {
  // Up to the last @ before the path: a password may hold one.
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#@:]*:([^/?#]+)@/i.exec(url)?.[1]
}

/** A text with the passwords of all URLs in it taken out. */
export function redactUrls(text: string): string {
  return text.includes('@') ? text.replace(/(:\/\/[^\s/?#@:"'`]*):[^\s/?#"'`]+@/g, `$1:${REDACTED}@`) : text
}
