import t from 'tap'
import { boardName } from '../../../src/power/board/name.js'
import { openSysfs } from '../../../src/power/sysfs.js'

t.test('a board is called what its device tree calls it', async t => {
  const folder = t.testdir({
    proc: { 'device-tree': { model: 'Raspberry Pi 5 Model B Rev 1.0\0' } },
  })
  t.equal(await boardName(openSysfs(folder)), 'Raspberry Pi 5 Model B Rev 1.0')
})

t.test('a machine without a device tree is called by its processor', async t => {
  t.match(await boardName(openSysfs('/nowhere')), /\(\w+\)$/)
})
