import { readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { nodeDisk } from '../../../src/events/journal/disk.js'

t.test('a file grows, can be cut, and is nobody else’s', async t => {
  const folder = join(t.testdir({}), 'state/events')
  await nodeDisk.makeFolder(folder)
  await nodeDisk.makeFolder(folder)
  t.equal(statSync(folder).mode & 0o777, 0o700)
  const path = join(folder, '1')
  const file = await nodeDisk.create(path)
  t.equal(statSync(path).mode & 0o777, 0o600)
  await file.append(Buffer.from('one '))
  await file.append(Buffer.from('two'))
  t.same(await nodeDisk.read(path), Buffer.from('one two'))
  await file.cut(4)
  await file.append(Buffer.from('2'))
  await file.close()
  t.equal(readFileSync(path, 'utf8'), 'one 2')
  t.equal(await nodeDisk.size(path), 5)
  t.same(await nodeDisk.names(folder), ['1'])
  await t.rejects(nodeDisk.create(path), { code: 'EEXIST' })
  await nodeDisk.remove(path)
  await nodeDisk.remove(path)
  t.same(await nodeDisk.names(folder), [])
})

t.test('a link is not read, wherever it leads', async t => {
  const folder = t.testdir({ outside: 'secret' })
  symlinkSync(join(folder, 'outside'), join(folder, 'link'))
  await t.rejects(nodeDisk.read(join(folder, 'link')), { code: 'ELOOP' })
})

t.test('a file is told from another that lies in its place', async t => {
  const folder = t.testdir({})
  const path = join(folder, '1')
  const file = await nodeDisk.create(path)
  t.equal(await nodeDisk.identity(path), file.identity)
  renameSync(path, join(folder, '0'))
  t.equal(await nodeDisk.identity(path), undefined)
  writeFileSync(path, '')
  t.not(await nodeDisk.identity(path), file.identity)
  await file.close()
})

t.test('whole files are written or none', async t => {
  const folder = t.testdir({})
  await nodeDisk.write(join(folder, 'a.jpeg'), Buffer.from('picture'))
  t.equal(readFileSync(join(folder, 'a.jpeg'), 'utf8'), 'picture')
  await t.rejects(nodeDisk.write(join(folder, 'gone/a.jpeg'), Buffer.from('x')), { code: 'ENOENT' })
})
