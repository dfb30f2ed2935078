import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { keepFiles } from '../../src/power/kept-files.js'

t.test('files are read anew each time, shorter or longer than before', async t => {
  const root = t.testdir({ a: '4968\n', b: 'Discharging\n' })
  const files = keepFiles([join(root, 'a'), join(root, 'b')])
  t.teardown(() => files.close())
  t.same(await files.read(), ['4968', 'Discharging'])
  await writeFile(join(root, 'a'), '7\n')
  await writeFile(join(root, 'b'), 'Not charging\n')
  t.same(await files.read(), ['7', 'Not charging'])
})

t.test('a file that is gone says nothing, whatever takes its place', async t => {
  const root = t.testdir({ a: '4968\n', b: '1520\n' })
  const files = keepFiles([join(root, 'a'), join(root, 'b')])
  t.teardown(() => files.close())
  t.same(await files.read(), ['4968', '1520'])
  await rm(join(root, 'a'))
  await writeFile(join(root, 'a'), 'of another device\n')
  t.same(await files.read(), [undefined, '1520'])
})

t.test('what cannot be read is no reason to fail', async t => {
  const root = t.testdir({ folder: {}, b: '1520\n' })
  const files = keepFiles(['nothing', 'folder', 'b'].map(name => join(root, name)))
  t.teardown(() => files.close())
  t.same(await files.read(), [undefined, undefined, '1520'])
  await writeFile(join(root, 'nothing'), 'late\n')
  t.same(await files.read(), [undefined, undefined, '1520'])
})

t.test('closed files say nothing more, even in the middle of a reading', async t => {
  const root = t.testdir({ a: '1\n', b: '2\n' })
  const files = keepFiles([join(root, 'a'), join(root, 'missing'), join(root, 'b')])
  const reading = files.read()
  files.close()
  t.equal((await reading)[2], undefined)
  t.same(await files.read(), [undefined, undefined, undefined])
})
