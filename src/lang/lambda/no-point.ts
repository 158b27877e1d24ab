// The point that stands in where an expression is evaluated without one.
import { Point } from '../../base/point.ts'
import { makeSeries } from '../../base/series.ts'
import { EMPTY_SHAPE } from '../../base/shape.ts'

export const NO_POINT = new Point(makeSeries('', '', '', [], []), EMPTY_SHAPE, [], 0, 0)
