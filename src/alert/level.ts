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

const WORDS = LEVELS.join('')
const BEGINNINGS: readonly number[] = LEVELS.map((_, i) => LEVELS.slice(0, i).join('').length)

/**
 * The level that a text means: a beginning of a word, in any case (`crit`, `w`); empty is OK; undefined when none. What
 * runs on into the next word is taken too, as clients of this API know it.
 */
export function parseLevel(text: string): Level | undefined {
  const level = BEGINNINGS.indexOf(WORDS.indexOf(text.toUpperCase()))
  return level < 0 ? undefined : (level as Level)
}
