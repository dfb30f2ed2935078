import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { openSysfs } from '../../src/power/sysfs.js'
import { plantBoard } from '../fixtures/board.js'

t.test('files are read without the blanks and NULs around their text', async t => {
  const root = t.testdir({ a: ' 42\n', b: 'Raspberry Pi 5\0', c: 'forty\n', d: '-1.5' })
  const { text, number } = openSysfs(root)
  t.equal(await text('a'), '42')
  t.equal(await text('b'), 'Raspberry Pi 5')
  t.equal(await text('nothing'), undefined)
  t.equal(await number('a'), 42)
  t.equal(await number('d'), -1.5)
  t.equal(await number('c'), undefined)
  t.equal(await number('nothing'), undefined)
})

t.test('what is read for ever is read at once, and says the same', t => {
  const root = t.testdir({ a: ' 42\n', b: 'Raspberry Pi 5\0', c: 'forty\n', folder: {} })
  const { textNow, numberNow } = openSysfs(root)
  t.equal(textNow('a'), '42')
  t.equal(textNow('b'), 'Raspberry Pi 5')
  t.equal(textNow('nothing'), undefined)
  t.equal(textNow('folder'), undefined)
  t.equal(numberNow('a'), 42)
  t.equal(numberNow('c'), undefined)
  t.equal(numberNow('nothing'), undefined)
  t.end()
})

t.test('folders are listed by name in natural order', async t => {
  const root = t.testdir({ hwmon: { hwmon10: {}, hwmon2: {}, other: {} } })
  const { list } = openSysfs(root)
  t.same(await list('hwmon', /^hwmon/), ['hwmon/hwmon2', 'hwmon/hwmon10'])
  t.same(await list('nothing', /./), [])
})

t.test('links are followed within the root', async t => {
  const root = t.testdir({ real: { load: '3' }, link: t.fixture('symlink', 'real') })
  const { resolve } = openSysfs(root)
  t.equal(await resolve('link'), 'real')
  t.equal(await resolve('nothing'), undefined)
})

t.test('it is told why a file says nothing', async t => {
  const { sysfs, root, set } = await plantBoard(t, 'x86-rapl')
  const file = 'sys/class/powercap/intel-rapl:0/energy_uj'
  t.equal(await sysfs.unreadable(file), undefined)
  t.equal(await sysfs.unreadable('sys/class/powercap'), 'broken')
  await set(file, undefined)
  t.equal(await sysfs.unreadable(file), 'absent')
  t.equal(await sysfs.unreadable('sys/class/powercap/intel-rapl:0/name/more'), 'absent')
  await set(file, '1')
  await chmod(join(root, file), 0)
  // root may read everything: somebody else asks
  const isRoot = process.geteuid!() === 0
  if (isRoot) process.seteuid!(65534)
  try {
    t.equal(await sysfs.unreadable(file), 'denied')
  } finally {
    if (isRoot) process.seteuid!(0)
  }
})

t.test('files that are asked again and again are kept open below the root', async t => {
  const files = openSysfs(t.testdir({ a: '42\n' })).keep(['a', 'nothing'])
  t.teardown(() => files.close())
  t.same(await files.read(), ['42', undefined])
})
