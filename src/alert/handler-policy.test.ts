import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DEFAULT_DIGEST, DEFAULT_DIGEST_DETAILS, splitPolicy } from './handler-policy.ts'

function refused(options: unknown): string {
  try {
    splitPolicy(options)
    return ''
  } catch (e) {
    return (e as Error).message
  }
}

describe('the policy in the options of a handler', () => {
  it('is taken out of them, whatever the spelling', () => {
    const mute = [{ days: ['sunday'] }]
    const given = {
      url: 'u',
      'group-by': ['host'],
      groupWait: '1m',
      'Group-Interval': '10m',
      'repeat-interval': 60e9,
      mute,
    }
    assert.deepEqual(splitPolicy({ ...given, digest: '{{ .Count }}' }), {
      options: { url: 'u' },
      policy: {
        grouping: {
          by: ['host'],
          waitNs: 60e9,
          intervalNs: 600e9,
          repeatNs: 60e9,
          message: '{{ .Count }}',
          details: DEFAULT_DIGEST_DETAILS,
        },
        mute: [{ days: [0], from: 0, to: 0, location: '' }],
      },
    })
  })

  it('has defaults for what is not said', () => {
    const { policy } = splitPolicy({ 'group-by': [] })
    assert.deepEqual(policy?.grouping, {
      by: [],
      waitNs: 30e9,
      intervalNs: 300e9,
      repeatNs: 0,
      message: DEFAULT_DIGEST,
      details: DEFAULT_DIGEST_DETAILS,
    })
    assert.equal(splitPolicy({ mute: [] }).policy?.grouping, undefined)
  })

  it('leaves options alone that have none', () => {
    for (const options of [null, undefined, { url: 'u' }, 'text', ['a'], { 'group-by': null }])
      assert.equal(splitPolicy(options).policy, undefined)
    const options = { group: 'alerta has this one' }
    assert.equal(splitPolicy(options).options, options)
  })

  it('says what is wrong with it', () => {
    assert.match(refused({ 'group-by': 'host' }), /"group-by" must be a list of tags/)
    assert.match(refused({ 'group-wait': 'soon' }), /"group-wait" must be a duration/)
    assert.match(refused({ 'repeat-interval': '-1s' }), /"repeat-interval" must be a duration/)
    assert.match(refused({ digest: '{{ .Count' }), /"digest" is no template/)
    assert.match(refused({ mute: [{ days: ['x'] }] }), /"mute" has no day "x"/)
  })
})
