import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given, runLines } from './testdata-given.ts'

describe('stateDuration', () => {
  test('counts from the first point of the state', async () => {
    const script = 'stream|from()|stateDuration(lambda: "on").unit(2s).as(\'d\')'
    const lines = [
      'm on=false 0',
      'm on=true 10',
      'm on=true 13',
      'm on=1i 14',
      'm on=true 15',
      'm on=false 16',
      'm on=true 20',
    ]
    assert.deepEqual(await given('state_duration2', script, ...lines), [
      '[] m d=-1,on=false 0',
      '[] m d=0,on=true 10',
      '[] m d=1.5,on=true 13',
      '[] m d=2.5,on=true 15',
      '[] m d=-1,on=false 16',
      '[] m d=0,on=true 20',
    ])
  })

  test('each group for itself, each batch anew', async () => {
    const script = "stream|from().groupBy('h')|stateDuration(lambda: TRUE)"
    assert.deepEqual(await given('state_duration2', script, 'm,h=a v=1 1', 'm,h=b v=1 5', 'm,h=a v=1 7'), [
      '[h=a] m,h=a state_duration=0,v=1 1',
      '[h=b] m,h=b state_duration=0,v=1 5',
      '[h=a] m,h=a state_duration=6,v=1 7',
    ])
    const windowed = 'stream|from()|window().period(2s).every(2s)|stateDuration(lambda: TRUE)'
    assert.deepEqual(await given('state_duration3', windowed, 'm v=1 0', 'm v=1 1', 'm v=1 2', 'm v=1 3', 'm v=1 4'), [
      '[] m@2: m state_duration=0,v=1 0; m state_duration=1,v=1 1',
      '[] m@4: m state_duration=0,v=1 2; m state_duration=1,v=1 3',
    ])
  })

  test('refuses what never is a state', async () => {
    await assert.rejects(runLines('stream|from()|stateDuration(lambda: 1 / 0 == 1)'), { message: /divide by zero/ })
  })
})
