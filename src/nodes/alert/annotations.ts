// What an alert node adds to the data that triggered an event: level, id, message and duration as tags and fields.
import { type Level, levelWord } from '../../alert/level.ts'
import type { Int } from '../../base/int64.ts'
import { type Point, withField, withSeries } from '../../base/point.ts'
import type { Series } from '../../base/series.ts'

/** Names of what is added; empty = not. */
export interface AnnotationNames {
  readonly levelTag: string
  readonly levelField: string
  readonly idTag: string
  readonly idField: string
  readonly messageField: string
  readonly durationField: string
}

export interface AnnotationValues {
  readonly level: Level
  readonly id: string
  /** Empty when no message is asked for. */
  readonly message: string
  /** Nanoseconds. */
  readonly duration: Int
}

export class Annotations {
  readonly #names: AnnotationNames
  readonly changesTags: boolean
  readonly any: boolean

  constructor(names: AnnotationNames) {
    this.#names = names
    this.changesTags = names.levelTag !== '' || names.idTag !== ''
    this.any =
      this.changesTags || [names.levelField, names.idField, names.messageField, names.durationField].some(Boolean)
  }

  get needsMessage(): boolean {
    return this.#names.messageField !== ''
  }

  /** The tags that are set, in the order in which they are. */
  tags(v: AnnotationValues): (readonly [string, string])[] {
    const { levelTag, idTag } = this.#names
    const tags: (readonly [string, string])[] = []
    if (levelTag !== '') tags.push([levelTag, levelWord(v.level)])
    if (idTag !== '') tags.push([idTag, v.id])
    return tags
  }

  apply(p: Point, v: AnnotationValues): Point {
    const { levelField, messageField, idField, durationField } = this.#names
    let out = this.changesTags ? withSeries(p, this.#series(p.series, v)) : p
    if (levelField !== '') out = withField(out, levelField, 'string', levelWord(v.level))
    if (messageField !== '') out = withField(out, messageField, 'string', v.message)
    if (durationField !== '') out = withField(out, durationField, 'int', v.duration)
    if (idField !== '') out = withField(out, idField, 'string', v.id)
    return out
  }

  #series(series: Series, v: AnnotationValues): Series {
    let out = series
    for (const [tag, value] of this.tags(v)) out = out.with(tag, value)
    return out
  }
}
