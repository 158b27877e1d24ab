import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { AppendFiles, MAX_OPEN_FILES } from './append-files.ts'
import { localIo } from './local-io.ts'

const dir = mkdtempSync(join(tmpdir(), 'local-io-'))
after(() => rmSync(dir, { recursive: true }))

describe('AppendFiles', () => {
  it('appends in order and makes the file with its mode', async () => {
    const files = new AppendFiles()
    const path = join(dir, 'a.log')
    await Promise.all(Array.from({ length: 100 }, (_, i) => files.append(path, 0o640, `${i}\n`)))
    assert.equal(readFileSync(path, 'utf8'), Array.from({ length: 100 }, (_, i) => `${i}\n`).join(''))
    assert.equal(statSync(path).mode & 0o777, 0o640 & ~process.umask())
    await files.close()
  })

  it('makes a file anew that was moved or deleted', async () => {
    const files = new AppendFiles()
    const path = join(dir, 'b.log')
    await files.append(path, 0o600, '1\n')
    renameSync(path, `${path}.1`)
    await files.append(path, 0o600, '2\n')
    rmSync(path)
    await files.append(path, 0o600, '3\n')
    assert.equal(readFileSync(`${path}.1`, 'utf8'), '1\n')
    assert.equal(readFileSync(path, 'utf8'), '3\n')
    await files.close()
  })

  it('rejects with a fault that is worth a retry, and works once it can', async () => {
    const files = new AppendFiles()
    await assert.rejects(files.append(join(dir, 'none', 'x.log'), 0o600, 'x'), { retry: true })
    await files.close()
  })

  it('keeps only so many files open', async () => {
    const files = new AppendFiles()
    for (let i = 0; i < MAX_OPEN_FILES + 10; i++) await files.append(join(dir, `many${i}`), 0o600, 'x')
    assert.ok(files.open <= MAX_OPEN_FILES)
    await files.append(join(dir, 'many0'), 0o600, 'y')
    assert.equal(readFileSync(join(dir, 'many0'), 'utf8'), 'xy')
    await files.close()
  })
})

describe('localIo', () => {
  const no = () => Promise.reject(new Error('not here'))
  const io = localIo({ http: no, publish: no, serverUrl: '' })

  it('gives a program its input and arguments, and its exit code and output back', async () => {
    const result = await io.exec('/bin/sh', ['-c', 'cat; echo "$1" >&2; exit 3', 'sh', 'two words'], 'in\n', 5000)
    assert.equal(result.code, 3)
    assert.deepEqual(result.output.split('\n').sort(), ['', 'in', 'two words'])
  })

  it('does not mind a program that reads nothing', async () => {
    assert.equal((await io.exec('/bin/sh', ['-c', 'exit 0'], 'x'.repeat(1e6), 5000)).code, 0)
  })

  it('stops a program that takes too long, and tells of one that is none', async () => {
    await assert.rejects(io.exec('/bin/sh', ['-c', 'exec sleep 60'], '', 50), /stopped after 0.05 s/)
    await assert.rejects(io.exec(join(dir, 'none'), [], '', 5000), /ENOENT/)
  })

  it('sends a text over a connection of its own', async () => {
    const got: string[] = []
    const server = createServer((socket) => {
      let text = ''
      socket.on('data', (chunk) => (text += chunk))
      socket.on('end', () => got.push(text))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    await io.tcp(`127.0.0.1:${port}`, 'hello\n\n', 5000)
    await new Promise((resolve) => server.close(resolve))
    assert.deepEqual(got, ['hello\n\n'])
    await assert.rejects(io.tcp(`127.0.0.1:${port}`, 'x', 5000), { retry: true })
    await assert.rejects(io.tcp('nowhere', 'x', 5000), /no host:port/)
  })
})
