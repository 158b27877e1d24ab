import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { RE2JS } from 're2js'
import { compileRegex, validateRegex } from './regex.ts'
import { subsetOf } from './regex-subset.ts'

const matches = (pattern: string, text: string): boolean => compileRegex(pattern).test(text)

describe('matching', () => {
  it('has the syntax of RE2', () => {
    const yes: readonly (readonly [string, string])[] = [
      ['(?i)^WAR', 'warden'],
      ['^\\p{L}+$', 'ärmel'],
      ['[[:digit:]]{2}', 'x07'],
      ['(?P<a>b)', 'abc'],
      ['\\Aab\\z', 'ab'],
      ['\\Qa.b\\E', 'a.b'],
      ['(?s)a.b', 'a\nb'],
      ['^.$', '😀'],
      ['a.+/$', 'arts/07/'],
      ['[^a]', '\n'],
      ['x{2,3}', 'axx'],
      ['(?i)k', '\u212a'],
      ['\\bfoo\\b', 'a foo b'],
    ]
    for (const [p, t] of yes) assert.ok(matches(p, t), `${p} on ${t}`)
    const no: readonly (readonly [string, string])[] = [
      ['a.b', 'a\nb'],
      ['^b', 'a\nb'],
      ['a$', 'a\n'],
      ['\\s', '\u00a0'],
      ['\\d', '٣'],
      ['\\w', 'é'],
      ['^.$', 'ab'],
      ['\\Qa.b\\E', 'axb'],
    ]
    for (const [p, t] of no) assert.ok(!matches(p, t), `${p} on ${t}`)
  })

  it('takes the dot for all but line feeds', () => {
    for (const c of ['\r', '\u2028', '\u2029', '\u0085']) assert.ok(matches('^a.b$', `a${c}b`), JSON.stringify(c))
  })

  it('comes to an end on what makes others run away', () => {
    for (const p of ['(a+)+$', '(a|aa)+$', '(a*)*b', 'a*a*a*a*a*a*c', '(.*)(.*)(.*)(.*)(.*)x', '^(([a-z])+.)+[A-Z]']) {
      assert.equal(matches(p, `${'a'.repeat(5000)}!`), false, p)
    }
  })
})

describe('the subset that runs as RegExp', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    '.',
    '\\d',
    '\\w',
    '\\S',
    '[ab]',
    '[^a]',
    '[a-c]',
    '[[:alpha:]]',
    '\\.',
    '/',
    '-',
    ' ',
    'é',
    '😀',
    '\\x41',
    '^',
    '$',
    '\\b',
    '|',
    '(',
    ')',
    '(?:',
    '(?P<n>',
    '*',
    '+',
    '?',
    '{2}',
    '{1,2}',
    '{2,}',
    '??',
    '(?i)',
    '\\n',
    '\\A',
    '\\z',
    '[]]',
    '[\\]x]',
  )
  const pattern = fc.array(piece, { maxLength: 8 }).map((a) => a.join(''))
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', 'B', '1', '.', '/', '-', ' ', 'é', '😀', '\n', ']', 'x', '\\', 'A'),
    maxLength: 12,
  })

  it('means the same', () => {
    let inside = 0
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 3, maxLength: 3 }), (p, texts) => {
        let re: RE2JS
        try {
          re = RE2JS.compile(p)
        } catch {
          return
        }
        const subset = subsetOf(p)
        if (!subset) return
        inside++
        const js = new RegExp(subset.pattern, subset.flags)
        for (const t of texts)
          assert.equal(js.test(t), re.test(t), `/${p}/ as /${subset.pattern}/ on ${JSON.stringify(t)}`)
      }),
      { numRuns: 3000 },
    )
    assert.ok(inside > 300, `${inside}`)
  })

  it('has what scripts mostly use', () => {
    for (const p of ['cpu', '^cpu-total$', '^(eth|en)[0-9]+$', '\\.log$', '(?i)error', '/var/.*', '[^,]+,', 'a|b|c']) {
      assert.ok(subsetOf(p), p)
    }
  })

  it('leaves out what could run away or means something else', () => {
    for (const p of [
      '(a+)+',
      '(ab)*',
      '\\pL',
      '(?s).',
      '(?m)^a',
      '\\Qa\\E',
      '(?i)[^a]',
      '(?U)a+',
      'a{,3}',
      '(?i)\\bx',
    ]) {
      assert.equal(subsetOf(p), undefined, p)
    }
    assert.equal(subsetOf('(a?)'.repeat(12)), undefined)
  })

  it('bounds the text by what the pattern can cost', () => {
    assert.ok(subsetOf('^abc')!.maxLength > 1e9)
    assert.ok(subsetOf('a.*b')!.maxLength < 1000)
    assert.ok(subsetOf('.*a.*b.*c')!.maxLength < 30)
  })
})

describe('replacing', () => {
  const replaced = (pattern: string, text: string, by: string): string => compileRegex(pattern).replaceAll(text, by)

  it('expands groups', () => {
    assert.equal(replaced('(\\w+)@(\\w+)', 'ann@work sue@lab', '$2 at $1'), 'work at ann lab at sue')
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how a group is named
    assert.equal(replaced('(?P<user>\\w+)@', 'bob@home', '${user}+x@'), 'bob+x@home')
    assert.equal(replaced('(b)', 'bob', '[$1x]'), '[]o[]')
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how a group is named
    assert.equal(replaced('(b)', 'bob', '[${1}x]'), '[bx]o[bx]')
    assert.equal(replaced('@', 'a@b', '$$'), 'a$b')
    assert.equal(replaced('a', 'a', '$'), '$')
    assert.equal(replaced('a', 'a', '${'), '${')
    assert.equal(replaced('a', 'a', '$9 $01 $0'), '  a')
    assert.equal(replaced('(a)|(b)', 'ab', '<$1$2>'), '<a><b>')
  })

  it('takes no empty match right behind another', () => {
    assert.equal(replaced('x*', 'bob', '-'), '-b-o-b-')
    assert.equal(replaced('x*', 'axb', '-'), '-a-b-')
    assert.equal(replaced('x*', '😀', '-'), '-😀-')
    assert.equal(replaced('^$', '', 'empty'), 'empty')
    assert.equal(replaced('a*?', 'aa', '-'), '-a-a-')
    assert.equal(replaced('^a', 'aa', 'b'), 'ba')
  })
})

describe('faults', () => {
  it('have the words of Go', () => {
    const faults: Readonly<Record<string, string>> = {
      '(': 'missing closing ): `(`',
      '((': 'missing closing ): `((`',
      ')': 'unexpected ): `)`',
      '[z-a]': 'invalid character class range: `z-a`',
      '(?=x)': 'invalid or unsupported Perl syntax: `(?=`',
      '\\1': 'invalid escape sequence: `\\1`',
      '*': 'missing argument to repetition operator: `*`',
      'a**': 'invalid nested repetition operator: `**`',
      'a{1001}': 'invalid repeat count: `{1001}`',
      '[a': 'missing closing ]: `[a`',
      '\\': 'trailing backslash at end of expression: ``',
      '\\p{Foo}': 'invalid character class range: `\\p{Foo}`',
      '((a{100}){100}){100}': 'invalid repeat count: `{100}`',
    }
    for (const [p, text] of Object.entries(faults)) assert.equal(validateRegex(p), `error parsing regexp: ${text}`)
    assert.match(
      validateRegex('('.repeat(5000) + ')'.repeat(5000))!,
      /^error parsing regexp: expression nests too deeply: `/,
    )
    assert.equal(validateRegex('^(a|b)+$'), undefined)
  })

  it('come to an end on any text', () => {
    const char = fc.constantFrom(...'()[]{}*+?|\\^$.-:,=!<>PpQEdwsbAz019axé😀\n"'.split(''))
    fc.assert(
      fc.property(fc.string({ unit: char, maxLength: 40 }), fc.string({ unit: char, maxLength: 40 }), (p, t) => {
        const fault = validateRegex(p)
        if (fault === undefined) assert.equal(typeof matches(p, t), 'boolean')
        else assert.match(fault, /^error parsing regexp: /)
      }),
      { numRuns: 2000 },
    )
  })
})
