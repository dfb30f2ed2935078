import t from 'tap'
import { createPressure } from '../../../src/power/board/pressure.js'
import { plantBoard } from '../../fixtures/board.js'

t.test('pressure is a share of the last ten seconds', async t => {
  const { sysfs, set } = await plantBoard(t, 'x86-state')
  const pressure = createPressure(sysfs)
  t.same(await pressure.read(), { cpu: 0.0012, memory: 0, io: 0.034 })
  await set('proc/pressure/memory', 'some avg10=100.00 avg60=2.00 avg300=1.00 total=1\n')
  t.same(await pressure.read(), { cpu: 0.0012, memory: 1, io: 0.034 })
})

t.test('a kernel without it tells nothing', async t => {
  const { sysfs } = await plantBoard(t, 'pi5-state')
  t.equal(await createPressure(sysfs).read(), null)
})

t.test('a kernel that has it switched off tells nothing', async t => {
  const { sysfs, forbid } = await plantBoard(t, 'x86-state')
  for (const file of ['cpu', 'memory', 'io']) await forbid(`proc/pressure/${file}`)
  t.equal(await createPressure(sysfs).read(), null)
})

t.test('garbage and half an answer tell nothing, and the next whole one does', async t => {
  const { sysfs, set } = await plantBoard(t, 'x86-state')
  const pressure = createPressure(sysfs)
  const line = 'some avg10=5.00 avg60=2.00 avg300=1.00 total=1\n'
  for (const file of ['io', 'memory', 'cpu']) {
    await pressure.read()
    await set(`proc/pressure/${file}`, 'full avg10=a lot\n')
    t.equal(await pressure.read(), null, file)
    await set(`proc/pressure/${file}`, line)
    t.match(await pressure.read(), { [file]: 0.05 })
  }
})
