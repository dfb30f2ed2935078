import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { syncFolder, writeAtomically } from '../../src/lib/atomic-file.js'

t.test('a file is written, and written anew', async t => {
  const folder = t.testdir({ 'old.yaml': 'old' })
  for (const [name, text] of [
    ['new.yaml', 'doubt: 1\n'],
    ['old.yaml', 'new'],
  ] as const) {
    await writeAtomically(join(folder, name), text)
    t.equal(readFileSync(join(folder, name), 'utf8'), text)
  }
  t.same(readdirSync(folder).sort(), ['new.yaml', 'old.yaml'], 'and nothing lies beside them')
})

t.test('what a crash has left beside a file does no harm', async t => {
  const folder = t.testdir({ 'porch.yaml': 'old', 'porch.yaml.new': 'half of a much longer one' })
  await writeAtomically(join(folder, 'porch.yaml'), 'new')
  t.equal(readFileSync(join(folder, 'porch.yaml'), 'utf8'), 'new')
  t.same(readdirSync(folder), ['porch.yaml'])
})

t.test('if the last step fails, what was there stays, and nothing lies beside it', async t => {
  const folder = t.testdir({})
  // a folder in the place of the file: it cannot be replaced
  mkdirSync(join(folder, 'porch.yaml'))
  await t.rejects(writeAtomically(join(folder, 'porch.yaml'), 'new'), { code: 'EISDIR' })
  t.same(readdirSync(folder), ['porch.yaml'])
})

t.test('if the first step fails, what was there stays', async t => {
  const folder = t.testdir({ 'porch.yaml': 'old' })
  mkdirSync(join(folder, 'porch.yaml.new'))
  await t.rejects(writeAtomically(join(folder, 'porch.yaml'), 'new'))
  t.equal(readFileSync(join(folder, 'porch.yaml'), 'utf8'), 'old')
  await t.rejects(writeAtomically(join(folder, 'gone', 'porch.yaml'), 'new'), { code: 'ENOENT' })
})

t.test('bytes are written as they are', async t => {
  const folder = t.testdir({})
  const bytes = Buffer.from([0xff, 0xd8, 0, 10, 13, 0xff, 0xd9])
  await writeAtomically(join(folder, 'porch.jpeg'), bytes)
  t.same(readFileSync(join(folder, 'porch.jpeg')), bytes)
})

t.test('a folder that is not there cannot be brought to the disk', async t => {
  await t.rejects(syncFolder(join(t.testdir({}), 'gone')), { code: 'ENOENT' })
})
