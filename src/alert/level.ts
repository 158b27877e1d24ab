// The four alert levels, their words and order.

export const LEVELS = ['OK', 'INFO', 'WARNING', 'CRITICAL'] as const
export type LevelWord = (typeof LEVELS)[number]
/** OK = 0, INFO = 1, WARNING = 2, CRITICAL = 3. */
export type Level = 0 | 1 | 2 | 3

export const OK: Level = 0
export const INFO: Level = 1
export const WARNING: Level = 2
export const CRITICAL: Level = 3

export function levelWord(level: Level): LevelWord {
  return LEVELS[level]
}

/** The level that a text means: any beginning of a word, in any case (`crit`, `w`); empty is OK; undefined when none. */
export function parseLevel(text: string): Level | undefined {
  const word = text.toUpperCase()
  const at = LEVELS.findIndex((l) => l.startsWith(word))
  return at < 0 ? undefined : (at as Level)
}
