// What from and groupBy group by: the tags that a script names, or all of them, and the group of a point under them.
import type { Series } from '../base/series.ts'
import { keyOf } from '../base/text-key.ts'
import type { Ctx, Group } from '../flow/contract.ts'
import { ANY_TYPES, type ArgValue, arg, goTypeOf, type TaggedArg } from '../lang/fields.ts'

/** A tag name or `*`; anything is taken here and refused by dimensionsReason. */
export const DIMENSION = arg.any('Name of a tag, or * for all tags.', ANY_TYPES)

/** Why the dimensions can't be; undefined when they can. */
export function dimensionsReason(dims: readonly TaggedArg[], exclude: readonly string[]): string | undefined {
  let star = false
  for (const d of dims) {
    if (d.type === 'star') star = true
    else if (d.type !== 'string') return `invalid dimension object of type ${goTypeOf(d)}`
    else if (d.value === '') return 'dimensions cannot not be the empty string'
  }
  if (star && dims.length > 1) return "cannot group by both '*' and named dimensions."
  if (!star && exclude.length > 0) return "exclude requires '*'"
  return undefined
}

/** For fields that hold dimensions. */
export function asDimensions(args: readonly ArgValue[]): readonly TaggedArg[] {
  return args as readonly TaggedArg[]
}

/** The group of a series. What it remembers is found again from the series alone. */
export type GroupFinder = (series: Series, byName: boolean) => Group

/** Finds groups by dimensions that dimensionsReason has no objection to. */
export function groupFinder(ctx: Ctx, dims: readonly TaggedArg[], exclude: readonly string[]): GroupFinder {
  if (!dims.some((d) => d.type === 'star')) {
    const names = [...new Set(dims.map((d) => d.value as string))].sort()
    return (series, byName) => ctx.groupOf(names, byName, series)
  }
  // The engine is quick when it sees the same array of names again, so that equal tag sets share theirs.
  const shared = new Map<string, readonly string[]>()
  const bySeries = new WeakMap<Series, readonly string[]>()
  const namesOf = (series: Series): readonly string[] => {
    const known = bySeries.get(series)
    if (known) return known
    const names = series.keys.filter((k) => !exclude.includes(k))
    const key = keyOf(names)
    const same = shared.get(key) ?? names
    if (same === names && shared.size < MAX_TAG_SETS) shared.set(key, names)
    bySeries.set(series, same)
    return same
  }
  return (series, byName) => ctx.groupOf(namesOf(series), byName, series)
}

/** So many sets of tag names are shared at most. */
const MAX_TAG_SETS = 1_024

/** The name of what a group collects: that of its first series; a group may begin with a barrier, too. */
export function nameFrom(first: Series | undefined): string {
  return first ? first.name : 'barrier'
}

/** The group that a row's own tags make of it: that of its batch, unless a tag that the batch is grouped by is another. */
export function groupOfRow(ctx: Ctx, g: Group, series: Series): Group {
  for (const d of g.dims) if ((series.tag(d) ?? '') !== (g.tags[d] ?? '')) return ctx.regroup(g, series)
  return g
}
