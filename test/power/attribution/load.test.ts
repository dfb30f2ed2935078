import t from 'tap'
import { readBusySeconds } from '../../../src/power/attribution/load.js'
import { openSysfs } from '../../../src/power/sysfs.js'

t.test('busy is what is neither idle, waiting for a disk, nor taken by a hypervisor', async t => {
  // user nice system idle iowait irq softirq steal guest guest_nice
  const stat = 'cpu  23956 0 10203 125272 626 0 189 5259 0 0\ncpu0 1 2 3\n'
  const sysfs = openSysfs(t.testdir({ proc: { stat } }))
  t.equal(readBusySeconds(sysfs), (23956 + 10203 + 189) / 100)
})

t.test('a kernel that does not tell has done nothing', async t => {
  t.equal(readBusySeconds(openSysfs('/nowhere')), 0)
})

t.test('this machine counts on', async t => {
  const sysfs = openSysfs()
  const before = readBusySeconds(sysfs)
  t.ok(before > 0)
  const until = process.hrtime.bigint() + 60_000_000n
  while (process.hrtime.bigint() < until);
  t.ok(readBusySeconds(sysfs) > before)
})
