import t from 'tap'
import { checkClock } from '../../src/doctor/clock.js'
import { surroundingsOf } from '../fixtures/surroundings.js'

const says = (word: string) => ({ 'bin/timedatectl': `#!/bin/sh\necho ${word}\n` })

t.test('systemd says whether the clock is synchronised', async t => {
  t.match(await checkClock(await surroundingsOf(t, 'doctor-pi5')), [{ state: 'well' }])
  t.match(await checkClock(await surroundingsOf(t, 'doctor-pi5', {}, says('no'))), [
    { state: 'notice', essential: false, mend: 'sudo timedatectl set-ntp true' },
  ])
})

t.test('where it does not say, its mark does', async t => {
  const mark = { 'run/systemd/timesync/synchronized': '' }
  for (const board of ['doctor-pi4-bare', 'doctor-x86'] as const) {
    t.match(await checkClock(await surroundingsOf(t, board, {}, mark)), [{ state: 'well' }])
    t.match(await checkClock(await surroundingsOf(t, board)), [
      { state: 'notice', found: /unknown/, mend: /^date --utc/ },
    ])
  }
})
