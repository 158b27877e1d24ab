import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { play, playWithRestarts } from './testdata-steps.ts'

const pair = (more: string, a = '', b = ''): string => `
  var a = stream|from().measurement('a')${a}
  var b = stream|from().measurement('b')${b}
  a|join(b).as('a', 'b')${more}`

describe('join', () => {
  test('pairs points of one time, the receiver first, each under its prefix', async () => {
    const played = await playWithRestarts(
      pair(''),
      ['b v=1i,w="x" 1', 'a v=2 1', 'a v=3 2', 'a v=4 3', 'b v=9007199254740993i 3'],
      ['join4'],
    )
    assert.deepEqual(played.given('join4'), ['[] a a.v=2,b.v=1i,b.w=x 1', '[] a a.v=4,b.v=9007199254740993i 3'])
  })

  test('points of one time pair up in the order of their coming', async () => {
    const steps = ['a v=1 1', 'a v=2 1', 'a v=3 1', 'b v=1 1', 'b v=2 1', 'a v=4 2', 'b v=4 2']
    const played = await playWithRestarts(pair(''), steps, ['join4'])
    assert.deepEqual(played.given('join4'), ['[] a a.v=1,b.v=1 1', '[] a a.v=2,b.v=2 1', '[] a a.v=4,b.v=4 2'])
  })

  test('a set that lacks a parent goes, filled, once every parent is past it', async () => {
    const steps = ['a v=1,w=2i 1', 'a v=2 2', 'b v=3 3', 'b v=4 4', 'a v=5 4']
    const played = await playWithRestarts(pair(".fill('null')"), steps, ['join4'])
    assert.deepEqual(played.given('join4'), [
      '[] a a.v=1,a.w=2i,b.v=null,b.w=null 1',
      '[] a a.v=2,b.v=null 2',
      '[] b a.v=null,b.v=3 3',
      '[] a a.v=5,b.v=4 4',
    ])
    assert.deepEqual((await play(pair(".fill('null')"), steps.slice(0, 3))).given('join4'), [
      '[] a a.v=1,a.w=2i,b.v=null,b.w=null 1',
    ])
    assert.deepEqual((await play(pair('.fill(7)'), steps, 'drain')).given('join4')[2], '[] b a.v=7i,b.v=3 3')
    assert.deepEqual((await play(pair('.fill(0.5)'), steps, 'drain')).given('join4')[2], '[] b a.v=0.5,b.v=3 3')
    assert.deepEqual((await play(pair(".fill('none')"), steps, 'drain')).given('join4'), ['[] a a.v=5,b.v=4 4'])
  })

  test('the end lets all go', async () => {
    const steps = ['a v=1 1\na v=2 2']
    assert.deepEqual((await play(pair('.fill(0)'), steps)).given('join4'), [])
    assert.deepEqual((await play(pair('.fill(0)'), steps, 'drain')).given('join4'), [
      '[] a a.v=1,b.v=0i 1',
      '[] a a.v=2,b.v=0i 2',
    ])
  })

  test('late points make their time the oldest again', async () => {
    const steps = ['a v=5 5', 'b v=5 5', 'a v=3 3', 'a v=6 6', 'b v=7 7', 'b v=3 3', 'a v=8 8']
    const played = await playWithRestarts(pair('.fill(0)'), steps, ['join4'])
    assert.deepEqual(played.given('join4'), [
      '[] a a.v=5,b.v=5 5',
      '[] a a.v=3,b.v=0i 3',
      '[] b a.v=0i,b.v=3 3',
      '[] a a.v=6,b.v=0i 6',
      '[] b a.v=0i,b.v=7 7',
      '[] a a.v=8,b.v=0i 8',
    ])
  })

  test('tolerance rounds times to its multiple', async () => {
    const played = await playWithRestarts(
      pair('.tolerance(10s)'),
      ['a v=1 9', 'b v=2 14', 'a v=3 15', 'b v=4 24'],
      ['join4'],
    )
    assert.deepEqual(played.given('join4'), ['[] a a.v=1,b.v=2 10', '[] a a.v=3,b.v=4 20'])
  })

  test('each group for itself, with its tags only', async () => {
    const by = ".groupBy('h')"
    const steps = ['a,h=1,x=p v=1 1', 'a,h=2 v=2 1', 'b,h=2,y=q v=3 1', 'b,h=3 v=4 1', 'b,h=1 v=5 1']
    const played = await playWithRestarts(pair('', by, by), steps, ['join4'])
    assert.deepEqual(played.given('join4'), ['[h=2] a,h=2 a.v=2,b.v=3 1', '[h=1] a,h=1 a.v=1,b.v=5 1'])
    assert.equal(played.stats('join4').working_cardinality, 3)
  })

  test('names: streamName, also as part of the group', async () => {
    const script = `
      var a = stream|from().groupByMeasurement().where(lambda: "v" > 1)
      var b = stream|from().groupByMeasurement()
      a|join(b).as('a', 'b').streamName('ab')`
    const { given } = await play(script, ['m v=2 1'])
    assert.deepEqual(given('join4'), ['[ab] ab a.v=2,b.v=2 1'])
  })

  test('delimiter; of equal names the later parent wins', async () => {
    const script = `
      var a = stream|from().measurement('a')
      var b = stream|from().measurement('b')
      a|join(b).as('x', 'xy').delimiter('')`
    const { given } = await play(script, ['a yv=1,z=2 1', 'b v=3i 1'])
    assert.deepEqual(given('join4'), ['[] a xyv=3i,xz=2 1'])
  })

  test('a parent may be joined with itself, and three with one another', async () => {
    const { given } = await play("var a = stream|from()\na|join(a).as('x', 'y')", ['m v=1 1', 'm v=2 2'])
    assert.deepEqual(given('join3'), ['[] m x.v=1,y.v=1 1', '[] m x.v=2,y.v=2 2'])
    const three = `
      var a = stream|from().measurement('a')
      var b = stream|from().measurement('b')
      var c = stream|from().measurement('c')
      a|join(b, c).as('a', 'b', 'c').fill(0)`
    const steps = ['a v=1i 1', 'c v=1i 1', 'b v=2i 2', 'c v=3i 3', 'a v=3i 3', 'b v=3i 3', 'b v=4i 4']
    const played = await playWithRestarts(three, steps, ['join6'])
    assert.deepEqual(played.given('join6'), [
      '[] a a.v=1i,b.v=0i,c.v=1i 1',
      '[] b a.v=0i,b.v=2i,c.v=0i 2',
      '[] a a.v=3i,b.v=3i,c.v=3i 3',
      '[] b a.v=0i,b.v=4i,c.v=0i 4',
    ])
  })

  test('barriers move a parent on, and pass at once', async () => {
    const script = pair('.fill(0)', '', '|barrier().idle(10s)')
    const played = await playWithRestarts(script, ['b v=1 1', 'a v=1 1', 'a v=5 5\na v=12 12', 10, 10], ['join5'])
    assert.deepEqual(played.given('join5'), [
      '[] a a.v=1,b.v=1 1',
      '[] a a.v=5,b.v=0i 5',
      '[] barrier 11',
      '[] barrier 21',
      '[] a a.v=12,b.v=0i 12',
    ])
  })

  test('a deleted group loses what it holds', async () => {
    const by = ".groupBy('h')"
    const script = pair('.fill(0)', `${by}|barrier().idle(10s).delete(TRUE)`, by)
    const steps = ['a,h=1 v=1 1', 10, 'b,h=1 v=1 1', 'a,h=1 v=3 3', 'b,h=1 v=3 3']
    const played = await playWithRestarts(script, steps, ['join5'])
    assert.deepEqual(played.given('join5'), [
      '[h=1] barrier 11',
      '[h=1] deleteGroup',
      '[h=1] b,h=1 a.v=0i,b.v=1 1',
      '[h=1] a,h=1 a.v=3,b.v=3 3',
    ])
  })

  test('says why points did not meet', async () => {
    const by = ".groupBy('h')"
    const steps = [
      'a,h=1 v=1 10\nb,h=1 v=1 10',
      'a,h=1 v=1 14\nb,h=1 v=1 16', // a second apart, and yet rounded away from each other
      'a,h=1 v=1 40\nb,h=1 v=1 60\na,h=1 v=1 60', // far from all
      'a,h=2 v=1 10\na,h=2 v=1 20', // never had by b
    ]
    const { stats } = await play(pair('.tolerance(10s)', by, by), steps)
    const { matched, unmatched, out_of_tolerance, unknown_group } = stats('join4')
    assert.deepEqual([matched, unmatched, out_of_tolerance, unknown_group], [4, 1, 2, 2])
    const later = await play(pair('.tolerance(10s)', by, by), [...steps, 'b,h=2 v=1 20'])
    assert.deepEqual([later.stats('join4').unknown_group, later.stats('join4').matched], [0, 6])
  })
})

describe('join of batches', () => {
  const batches = (more: string): string =>
    pair(more, '|window().period(10s).every(10s).align()', '|window().period(10s).every(10s).align()')

  test('rows meet by time, in order when a time repeats', async () => {
    const steps = ['a v=1i 1\na v=2i 2\na v=3i 2\na v=4i 4', 'b w=1i 2\nb w=2i 2\nb w=3i 3', 'a v=9i 11', 'b w=9i 12']
    const played = await playWithRestarts(batches(''), steps, ['join6'])
    assert.deepEqual(played.given('join6'), ['[] a@10: a a.v=2i,b.w=1i 2; a a.v=3i,b.w=2i 2'])
    assert.deepEqual((await play(batches(".fill('null').streamName('ab')"), steps)).given('join6'), [
      '[] ab@10: ab a.v=1i,b.v=null 1; ab a.v=2i,b.w=1i 2; ab a.v=3i,b.w=2i 2; ab a.v=null,b.w=3i 3; ab a.v=4i,b.v=null 4',
    ])
  })

  test('rows meet within the tolerance; an inner join of nothing is an empty batch', async () => {
    const { given } = await play(batches('.tolerance(5s)'), ['a v=1 1\nb w=1 2\na v=2 6\nb w=2 9\na v=0 11\nb w=0 12'])
    assert.deepEqual(given('join6'), ['[] a@10: a a.v=1,b.w=1 0'])
    const apart = await play(batches(''), ['a v=1 1\nb w=1 2\na v=0 11\nb w=0 12'])
    assert.deepEqual(apart.given('join6'), ['[] a@10: '])
  })

  test('a missing batch is one without rows when filled', async () => {
    const script = pair('.fill(0)', '|window().periodCount(1).everyCount(1)', '|window().periodCount(1).everyCount(1)')
    const { given } = await play(script, ['a v=1i 1', 'b w=2i 2', 'a v=3i 3'])
    assert.deepEqual(given('join6'), ['[] a@1: a a.v=1i,b.v=0i 1'])
  })
})

describe('join on', () => {
  const on = (more: string): string => `
    var fine = stream|from().measurement('fine').groupBy('p', 'u')
    var coarse = stream|from().measurement('coarse').groupBy('p')
    fine|join(coarse).as('f', 'c').on('p')${more}`

  test('a coarser point meets every finer one of its time', async () => {
    const steps = [
      'fine,p=1,u=a v=1i 1',
      'coarse,p=1 v=9i 1',
      'fine,p=1,u=b v=2i 1',
      'coarse,p=2 v=8i 1',
      'fine,p=2,u=a v=3i 1',
      'fine,p=1,u=a v=4i 2',
      'coarse,p=1 v=7i 2',
    ]
    const played = await playWithRestarts(on(''), steps, ['join4'])
    assert.deepEqual(played.given('join4'), [
      '[p=1,u=a] fine,p=1,u=a c.v=9i,f.v=1i 1',
      '[p=1,u=b] fine,p=1,u=b c.v=9i,f.v=2i 1',
      '[p=2,u=a] fine,p=2,u=a c.v=8i,f.v=3i 1',
      '[p=1,u=a] fine,p=1,u=a c.v=7i,f.v=4i 2',
    ])
  })

  test('a finer point without a partner goes alone, a coarser one never', async () => {
    const steps = [
      'fine,p=1,u=a v=1i 1',
      'coarse,p=1 v=9i 2',
      'coarse,p=1 v=9i 3',
      'fine,p=1,u=a v=3i 3',
      'fine,p=1,u=a v=4i 4',
      'coarse,p=1 v=9i 5',
    ]
    const played = await playWithRestarts(on('.fill(0)'), steps, ['join4'])
    assert.deepEqual(played.given('join4'), [
      '[p=1,u=a] fine,p=1,u=a c.v=0i,f.v=1i 1',
      '[p=1,u=a] fine,p=1,u=a c.v=9i,f.v=3i 3',
      '[p=1,u=a] fine,p=1,u=a c.v=0i,f.v=4i 4',
    ])
  })

  test('several coarser points of one time each meet the finer one that comes after them', async () => {
    const { given } = await play(on(''), ['coarse,p=1 v=1i 1\ncoarse,p=1 v=2i 1', 'fine,p=1,u=a v=5i 1'])
    assert.deepEqual(given('join4'), [
      '[p=1,u=a] fine,p=1,u=a c.v=1i,f.v=5i 1',
      '[p=1,u=a] fine,p=1,u=a c.v=2i,f.v=5i 1',
    ])
  })

  test('finer points that came out of order meet all the same', async () => {
    const { given } = await play(on(''), [
      'fine,p=1,u=a v=2i 2\nfine,p=1,u=b v=1i 1',
      'coarse,p=1 v=8i 1\ncoarse,p=1 v=9i 2',
    ])
    assert.deepEqual(given('join4'), [
      '[p=1,u=b] fine,p=1,u=b c.v=8i,f.v=1i 1',
      '[p=1,u=a] fine,p=1,u=a c.v=9i,f.v=2i 2',
    ])
  })

  test('two coarser parents, and two finer ones', async () => {
    const script = `
      var f = stream|from().measurement('f').groupBy('p', 'u')
      var g = stream|from().measurement('g').groupBy('p', 'u')
      var c = stream|from().measurement('c').groupBy('p')
      var d = stream|from().measurement('d').groupBy('p')`
    const coarser = `${script}\n f|join(c, d).as('f', 'c', 'd').on('p').fill(0)`
    const want = ['[p=1,u=a] f,p=1,u=a c.v=2i,d.v=3i,f.v=1i 1', '[p=1,u=b] f,p=1,u=b c.v=2i,d.v=3i,f.v=4i 1']
    for (const steps of [
      ['c,p=1 v=2i 1', 'd,p=1 v=3i 1', 'f,p=1,u=a v=1i 1', 'f,p=1,u=b v=4i 1'],
      ['c,p=1 v=2i 1', 'f,p=1,u=a v=1i 1', 'f,p=1,u=b v=4i 1', 'd,p=1 v=3i 1'],
      ['f,p=1,u=a v=1i 1', 'f,p=1,u=b v=4i 1', 'd,p=1 v=3i 1', 'c,p=1 v=2i 1'],
    ]) {
      const played = await playWithRestarts(coarser, steps, ['join7'])
      assert.deepEqual(played.given('join7'), want)
    }
    const finer = `${script}\n f|join(g, c).as('f', 'g', 'c').on('p').fill(0)`
    for (const steps of [
      ['c,p=1 v=2i 1', 'f,p=1,u=a v=1i 1', 'g,p=1,u=a v=3i 1'],
      ['f,p=1,u=a v=1i 1', 'g,p=1,u=a v=3i 1', 'c,p=1 v=2i 1'],
      ['g,p=1,u=a v=3i 1', 'c,p=1 v=2i 1', 'f,p=1,u=a v=1i 1'],
    ]) {
      const played = await playWithRestarts(finer, steps, ['join7'])
      assert.deepEqual(played.given('join7'), ['[p=1,u=a] f,p=1,u=a c.v=2i,f.v=1i,g.v=3i 1'])
    }
  })

  test('says when a key is only known to one side', async () => {
    const steps = [
      'coarse,p=1 v=1 1\ncoarse,p=1 v=1 2',
      'fine,p=1,u=a v=1 2\nfine,p=1,u=a v=1 3',
      'coarse,p=3 v=1 3\ncoarse,p=1 v=1 4\nfine,p=1,u=a v=1 4',
    ]
    const { stats } = await play(on(''), steps)
    // The coarser point of 1 and the finer of 3 found no partner; p=3 has no finer one.
    const { matched, unmatched, unknown_group } = stats('join4')
    assert.deepEqual([matched, unmatched, unknown_group], [4, 2, 1])
  })

  test('batches meet as points do', async () => {
    const script = `
      var fine = stream|from().measurement('fine').groupBy('p', 'u')|window().periodCount(1).everyCount(1)
      var coarse = stream|from().measurement('coarse').groupBy('p')|window().periodCount(1).everyCount(1)
      fine|join(coarse).as('f', 'c').on('p')`
    const played = await playWithRestarts(
      script,
      ['fine,p=1,u=a v=1i 1', 'coarse,p=1 v=9i 1', 'fine,p=1,u=b v=2i 1'],
      ['join6'],
    )
    assert.deepEqual(played.given('join6'), [
      '[p=1,u=a] fine@1: fine,p=1,u=a c.v=9i,f.v=1i 1',
      '[p=1,u=b] fine@1: fine,p=1,u=b c.v=9i,f.v=2i 1',
    ])
  })

  test('deleteAll clears the marks of all groups', async () => {
    const script = `
      var fine = stream|from().measurement('fine').groupBy('p', 'u')|barrier().idle(10s).delete(TRUE)
      var coarse = stream|from().measurement('coarse').groupBy('p')
      fine|join(coarse).as('f', 'c').on('p').fill(0)`
    const steps = [
      'fine,p=1,u=a v=1 1',
      5,
      'coarse,p=2 v=5 5\ncoarse,p=2 v=9 9\nfine,p=2,u=b v=5 5',
      5, // p=1,u=a goes
      'fine,p=2,u=b v=3 3\nfine,p=2,u=b v=9 9',
    ]
    const times = async (script: string): Promise<(string | undefined)[]> =>
      (await play(script, steps)).given('join5').flatMap((g) => (g.includes('v=') ? [g.split(' ').at(-1)] : []))
    assert.deepEqual(await times(script), ['5', '3', '9'])
    // The parents' marks of p=2 are gone as well, so that the late one of 3 may still find a partner.
    assert.deepEqual(await times(script.replace('.fill(0)', '.deleteAll(TRUE).fill(0)')), ['5', '9'])
  })
})

describe('join in a script', () => {
  test('prefixes are checked', async () => {
    const refused = (more: string, message: string): Promise<void> =>
      assert.rejects(play(`var a = stream|from()\nvar b = stream|from()\na|join(b)${more}`, []), { message })
    await refused('', 'a call to join.as() is required to specify the output stream prefixes.')
    await refused(".as('a')", 'number of prefixes specified by join.as() must match the number of joined streams')
    await refused(".as('a', '')", 'must provide a prefix name for the join node, see .as() property method')
    await refused(".as('a', 'b.c')", 'cannot use name b.c as field prefix, it contains the delimiter "."\t')
    await refused(".as('a', 'a')", 'cannot use the same prefix name see .as() property method')
    await refused(".as('a', 'b').fill('x')", 'unexpected fill option x')
    await refused(".as('a', 'b').fill(TRUE)", 'unexpected fill option of type bool')
  })
})
