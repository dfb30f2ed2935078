import { appendFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { fileMark, watchFile } from '../../src/service/watch-file.js'
import { until } from '../fixtures/camera.js'

/** A file that is watched, and how often it was said to have changed. */
async function watched(t: Test, lookMs: number) {
  const folder = t.testdir({ 'squint.yaml': 'first', 'other.yaml': 'other' })
  const path = join(folder, 'squint.yaml')
  const watching = new AbortController()
  t.teardown(() => watching.abort())
  let changes = 0
  watchFile(path, () => changes++, watching.signal, { settleMs: 30, lookMs })
  // it must have seen the file as it was
  await sleep(50)
  return { folder, path, watching, changes: () => changes }
}

t.test('a file that is written, replaced, or gone and back again has changed', async t => {
  const { folder, path, watching, changes } = await watched(t, 60_000)
  appendFileSync(path, ' second')
  await until(() => changes() === 1)
  // as editors do
  writeFileSync(join(folder, 'new'), 'third')
  renameSync(join(folder, 'new'), path)
  await until(() => changes() === 2)
  rmSync(path)
  await sleep(100)
  t.equal(changes(), 2, 'there is nothing to read')
  writeFileSync(path, 'fourth time')
  await until(() => changes() === 3)

  appendFileSync(join(folder, 'other.yaml'), 'x')
  await sleep(100)
  t.equal(changes(), 3, 'a neighbour is not meant')
  appendFileSync(path, 'x')
  watching.abort()
  await sleep(100)
  t.equal(changes(), 3)
})

t.test('several writes in a row are one change', async t => {
  const { path, changes } = await watched(t, 60_000)
  for (const word of ['a', 'b', 'c']) appendFileSync(path, word)
  await until(() => changes() > 0)
  await sleep(100)
  t.equal(changes(), 1)
})

t.test('what the kernel does not tell is found by looking', async t => {
  const folder = t.testdir({ 'squint.yaml': 'first', data: { 'squint.yaml': 'second one' } })
  const path = join(folder, 'link.yaml')
  symlinkSync(join(folder, 'squint.yaml'), path)
  const watching = new AbortController()
  t.teardown(() => watching.abort())
  let changes = 0
  watchFile(path, () => changes++, watching.signal, { settleMs: 30, lookMs: 40 })
  await sleep(100)
  t.equal(changes, 0)
  // the file behind the link changes; nothing happens under its own name
  writeFileSync(join(folder, 'squint.yaml'), 'another text')
  await until(() => changes === 1)
})

t.test('a folder that is not there is waited for', async t => {
  const folder = t.testdir({})
  const watching = new AbortController()
  t.teardown(() => watching.abort())
  let changes = 0
  watchFile(join(folder, 'gone', 'squint.yaml'), () => changes++, watching.signal, { lookMs: 20 })
  await sleep(60)
  t.equal(changes, 0)
})

t.test('what has changed since it was read is told at once', async t => {
  const path = join(t.testdir({ 'squint.yaml': 'first' }), 'squint.yaml')
  const seen = await fileMark(path)
  t.equal(await fileMark(`${path}.gone`), undefined)
  // as while the service starts
  writeFileSync(path, 'another')
  const watching = new AbortController()
  t.teardown(() => watching.abort())
  let changes = 0
  watchFile(path, () => changes++, watching.signal, { seen })
  await until(() => changes === 1)
})
