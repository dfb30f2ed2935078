import { totalmem } from 'node:os'
import t from 'tap'
import { readMemory } from '../../../src/power/board/memory.js'
import { openSysfs } from '../../../src/power/sysfs.js'
import { plantBoard } from '../../fixtures/board.js'

t.test('what is there and what can still be had is told in bytes', async t => {
  const { sysfs } = await plantBoard(t, 'jetson-nano-jp4-state')
  const megabyte = 2 ** 20
  t.same(readMemory(sysfs), {
    totalBytes: 3964 * megabyte,
    availableBytes: (3964 - 1766) * megabyte,
  })
})

t.test('this machine has as much as node says', t => {
  t.equal(readMemory(openSysfs())?.totalBytes, totalmem())
  t.end()
})

t.test('garbage and half an answer tell nothing', async t => {
  for (const text of ['', 'MemTotal: 5 kB\n', 'MemAvailable: 5 kB\n', 'MemTotal: much\n']) {
    const { sysfs } = await plantBoard(t, 'pi5-state', { 'proc/meminfo': text })
    t.equal(readMemory(sysfs), null, text)
  }
  t.equal(readMemory(openSysfs('/nowhere')), null)
})
