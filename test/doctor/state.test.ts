import t from 'tap'
import { readState } from '../../src/doctor/state.js'
import { surroundingsOf } from '../fixtures/surroundings.js'

t.test('a board tells its clock, memory, temperature and supply', async t => {
  t.match(await readState(await surroundingsOf(t, 'doctor-pi5')), {
    board: 'Raspberry Pi 5 Model B Rev 1.0',
    celsius: 48.312,
    throttled: false,
    underVoltage: { now: false, ever: false },
    clocks: [
      { name: 'policy0', governor: 'ondemand', hertz: 1_500_000_000, maxHertz: 2_400_000_000 },
    ],
    memory: { totalBytes: 8_256_768 * 1024, availableBytes: 7_412_345 * 1024 },
  })
})

t.test('a board that tells nothing is unknown', async t => {
  t.match(await readState(await surroundingsOf(t, 'doctor-x86')), {
    celsius: null,
    throttled: null,
    underVoltage: { now: null, ever: null },
    clocks: [],
  })
})

t.test('the firmware is asked through vcgencmd, and no process is left', async t => {
  const tool = { 'bin/vcgencmd': '#!/bin/sh\necho throttled=0x50005\n' }
  const { underVoltage, firmware } = await readState(
    await surroundingsOf(t, 'doctor-pi5', {}, tool),
  )
  t.same(underVoltage, { now: true, ever: true })
  t.match(firmware, { now: { throttled: true, frequencyCapped: false } })
})
