// Mathematical functions: floats in, floats out, with the special values of IEEE 754.
import { type Int, intToFloat } from '../../../base/int64.ts'
import { callError } from '../evaluation-error.ts'
import { failing, type LambdaFunction, signature } from '../function.ts'
import { erf, erfc, gamma, j0, j1, jn, logb, pow, pow10, y0, y1, yn } from '../special-functions.ts'

type Examples = LambdaFunction['examples']

function one(name: string, doc: string, run: (x: number) => number, examples: Examples): LambdaFunction {
  return { name, doc, examples, signatures: [signature(['float'], 'float', run)] }
}

function two(name: string, doc: string, run: (x: number, y: number) => number, examples: Examples): LambdaFunction {
  return { name, doc, examples, signatures: [signature(['float', 'float'], 'float', run)] }
}

/** Infinity wins over NaN, and NaN over the rest. */
function max(x: number, y: number): number {
  return x === Infinity || y === Infinity ? Infinity : Math.max(x, y)
}

function min(x: number, y: number): number {
  return x === -Infinity || y === -Infinity ? -Infinity : Math.min(x, y)
}

const MAX_ORDER = 10_000_000

function order(name: string, n: Int): number {
  if (n > MAX_ORDER || n < -MAX_ORDER) throw callError(name, `order ${n} is beyond ${MAX_ORDER}`)
  return Number(n)
}

export const MATHEMATICS: readonly LambdaFunction[] = [
  one('abs', 'Without the sign.', Math.abs, [['abs(-2.5)', '2.5']]),
  one('acos', 'Arc cosine.', Math.acos, [['acos(1.0)', '0']]),
  one('acosh', 'Inverse hyperbolic cosine.', Math.acosh, [['acosh(1.0)', '0']]),
  one('asin', 'Arc sine.', Math.asin, [['asin(0.0)', '0']]),
  one('asinh', 'Inverse hyperbolic sine.', Math.asinh, [['asinh(0.0)', '0']]),
  one('atan', 'Arc tangent.', Math.atan, [['atan(0.0)', '0']]),
  two('atan2', 'Angle of the point with height y and width x.', Math.atan2, [['atan2(0.0, 1.0)', '0']]),
  one('atanh', 'Inverse hyperbolic tangent.', Math.atanh, [['atanh(0.0)', '0']]),
  one('cbrt', 'Cube root.', Math.cbrt, [['cbrt(27.0)', '3']]),
  one('ceil', 'The next integer upwards.', Math.ceil, [['ceil(1.2)', '2']]),
  one('cos', 'Cosine.', Math.cos, [['cos(0.0)', '1']]),
  one('cosh', 'Hyperbolic cosine.', Math.cosh, [['cosh(0.0)', '1']]),
  one('erf', 'Error function.', erf, [['erf(0.0)', '0']]),
  one('erfc', 'One minus the error function.', erfc, [['erfc(0.0)', '1']]),
  one('exp', 'e to the power of x.', Math.exp, [['exp(0.0)', '1']]),
  one('exp2', 'Two to the power of x.', (x) => 2 ** x, [['exp2(10.0)', '1024']]),
  one('expm1', 'e to the power of x, minus one, also exact for small x.', Math.expm1, [['expm1(0.0)', '0']]),
  one('floor', 'The next integer downwards.', Math.floor, [['floor(-0.5)', '-1']]),
  one('gamma', 'Gamma function.', gamma, [['gamma(10.0)', '362880']]),
  two('hypot', 'Length of the hypotenuse.', Math.hypot, [['hypot(3.0, 4.0)', '5']]),
  one('j0', 'Bessel function of the first kind, order 0.', j0, [['j0(0.0)', '1']]),
  one('j1', 'Bessel function of the first kind, order 1.', j1, [['j1(0.0)', '0']]),
  {
    name: 'jn',
    doc: 'Bessel function of the first kind, order n.',
    examples: [['jn(2, 0.0)', '0']],
    signatures: [failing(signature(['int', 'float'], 'float', (n, x) => jn(order('jn', n), x)))],
  },
  one('log', 'Natural logarithm.', Math.log, [['log(1.0)', '0']]),
  one('log10', 'Logarithm to base 10.', Math.log10, [['log10(1000.0)', '3']]),
  one('log1p', 'Natural logarithm of one plus x, also exact for small x.', Math.log1p, [['log1p(0.0)', '0']]),
  one('log2', 'Logarithm to base 2.', Math.log2, [['log2(8.0)', '3']]),
  one('logb', 'The binary exponent.', logb, [['logb(10.0)', '3']]),
  two('max', 'The greater one.', max, [['max(1.0, 2.0)', '2']]),
  two('min', 'The lesser one.', min, [['min(1.0, 2.0)', '1']]),
  two('mod', 'Remainder of x / y with the sign of x.', (x, y) => x % y, [['mod(-7.5, 2.0)', '-1.5']]),
  two('pow', 'x to the power of y.', pow, [['pow(2.0, 10.0)', '1024']]),
  {
    name: 'pow10',
    doc: 'Ten to the power of n.',
    examples: [['pow10(3)', '1000']],
    signatures: [signature(['int'], 'float', (n) => pow10(intToFloat(n)))],
  },
  one('sin', 'Sine.', Math.sin, [['sin(0.0)', '0']]),
  one('sinh', 'Hyperbolic sine.', Math.sinh, [['sinh(0.0)', '0']]),
  one('sqrt', 'Square root.', Math.sqrt, [['sqrt(2.25)', '1.5']]),
  one('tan', 'Tangent.', Math.tan, [['tan(0.0)', '0']]),
  one('tanh', 'Hyperbolic tangent.', Math.tanh, [['tanh(0.0)', '0']]),
  one('trunc', 'Without the fraction.', Math.trunc, [['trunc(-2.9)', '-2']]),
  one('y0', 'Bessel function of the second kind, order 0.', y0, [['y0(0.0)', '-Inf']]),
  one('y1', 'Bessel function of the second kind, order 1.', y1, [['y1(0.0)', '-Inf']]),
  {
    name: 'yn',
    doc: 'Bessel function of the second kind, order n.',
    examples: [['yn(2, 0.0)', '-Inf']],
    signatures: [failing(signature(['int', 'float'], 'float', (n, x) => yn(order('yn', n), x)))],
  },
]
