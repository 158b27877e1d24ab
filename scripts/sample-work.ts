// A little of all that servers do first: tasks of the common nodes, bodies of lines of every kind, and looks at the results.
// The build lets a server do it so that V8's code of it is kept, too.

const TASKS: readonly string[] = [
  `stream|from().measurement('cpu').where(lambda: "host" != 'none' AND "usage" >= 0.0)|httpOut('out')`,
  `stream|from().measurement('cpu').groupBy('host')|eval(lambda: "usage" + "idle" * 2.0, lambda: sigma("usage")).as('sum', 'sigma').keep()|where(lambda: "sum" > 1.0)|window().period(10s).every(5s)|mean('sum').as('mean')|httpOut('out')`,
  `stream|from().measurement('cpu')|groupBy('host')|window().periodCount(10).everyCount(5)|count('usage')|httpOut('out')`,
  `stream|from().measurement('cpu')|groupBy(*)|derivative('usage').unit(1s).nonNegative()|stateCount(lambda: "usage" > 10.0)|httpOut('out')`,
  `stream|from().measurement('cpu').groupBy('host')|alert().id('{{ .Group }}').message('{{ .ID }} is {{ .Level }}: {{ index .Fields "usage" }}').info(lambda: "usage" > 10.0).warn(lambda: "usage" > 50.0).crit(lambda: "usage" > 90.0).stateChangesOnly().topic('sample')`,
  `var a = stream|from().measurement('cpu').groupBy('host')\nvar b = stream|from().measurement('mem').groupBy('host')\na|join(b).as('a', 'b')|eval(lambda: "a.usage" / "b.free").as('ratio')|httpOut('out')`,
  `stream|from().measurement('mem')|default().field('text', 'none').tag('kind', 'x')|changeDetect('free')|union(stream|from().measurement('cpu'))|sample(2)|httpOut('out')`,
]
const BODIES = 4
const STEPS = 40
const HOSTS = 20
const FIRST_SECOND = 1_500_000_000

/** Lines of so many seconds from `step` on: floats of every length, ints, texts and booleans, escapes, and none of a time. */
function body(step: number): string {
  const lines: string[] = []
  for (let s = step; s < step + STEPS; s++) {
    for (let h = 0; h < HOSTS; h++) {
      const usage = (Math.sin(s * HOSTS + h) * 50 + 50) / (h % 2 === 0 ? 1 : 3)
      const time = `${FIRST_SECOND + s}`
      lines.push(
        `cpu,host=host-${h},region=r\\ ${h % 3} usage=${h % 3 === 0 ? usage.toFixed(2) : usage},idle=1.5,n=${s}i ${time}`,
      )
      lines.push(`mem,host=host-${h} free=${s + h}i,text="some \\"text\\" ${h}",on=${h % 2 === 0} ${time}`)
    }
  }
  return `${lines.join('\n')}\nother v=1\n`
}

/** Lets the server at `address` do it. Rejects when an answer is not the expected one. */
export async function doSampleWork(address: string): Promise<void> {
  const call = async (status: number, method: string, path: string, content?: string | object): Promise<void> => {
    const answer = await fetch(`http://${address}/kapacitor/v1${path}`, {
      method,
      ...(content === undefined ? {} : { body: typeof content === 'string' ? content : JSON.stringify(content) }),
    })
    const text = await answer.text()
    if (answer.status !== status) throw new Error(`${method} ${path} gave ${answer.status}: ${text}`)
  }
  for (const [i, script] of TASKS.entries()) {
    const dbrps = [{ db: 'sample', rp: 'autogen' }]
    await call(200, 'POST', '/tasks', { id: `sample-${i}`, type: 'stream', dbrps, script, status: 'enabled' })
  }
  for (let k = 0; k < BODIES; k++) {
    await call(204, 'POST', '/write?db=sample&rp=autogen&precision=s', body(k * STEPS))
    await call(
      204,
      'POST',
      '/write?db=sample&rp=autogen&precision=ns',
      `cpu,host=host-1 usage=${k} ${FIRST_SECOND}${k}00000000`,
    )
  }
  await call(400, 'POST', '/write?db=sample&rp=autogen', 'cpu usage=none')
  await call(200, 'GET', '/tasks?fields=stats')
  await call(200, 'GET', '/alerts/topics/sample/events')
  for (const i of TASKS.keys()) {
    await call(200, 'GET', `/tasks/sample-${i}`)
    if (TASKS[i]!.includes('httpOut')) await call(200, 'GET', `/tasks/sample-${i}/out`)
    await call(200, 'PATCH', `/tasks/sample-${i}`, { status: 'disabled' })
    await call(204, 'DELETE', `/tasks/sample-${i}`)
  }
}
