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
