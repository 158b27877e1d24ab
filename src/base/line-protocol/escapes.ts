// Backslash escapes of line protocol, both ways. A backslash before a character that needs none stays as it is.

/** Measurements and field keys: `\,` `\ ` `\=` `\"`. */
export function unescapeName(text: string): string {
  return text.includes('\\') ? text.replace(/\\([,"= ])/g, '$1') : text
}

/** Tag keys and values: `\,` `\ ` `\=`. */
export function unescapeTag(text: string): string {
  return text.includes('\\') ? text.replace(/\\([,= ])/g, '$1') : text
}

/** What stands between a string value's quotes: `\"` `\\`. */
export function unescapeString(text: string): string {
  return text.includes('\\') ? text.replace(/\\(["\\])/g, '$1') : text
}
