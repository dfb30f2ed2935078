import t from 'tap'
import { checkVcgencmd } from '../../src/doctor/vcgencmd.js'
import { surroundingsOf } from '../fixtures/surroundings.js'

/** As it speaks to whoever may not open the device, or has none (raspberrypi/utils#52). */
const denied = {
  'bin/vcgencmd':
    '#!/bin/sh\necho "Can\'t open device file: /dev/vcio"\necho "Try creating a device file with: sudo mknod /dev/vcio c 100 0"\nexit 255\n',
}

t.test('a Raspberry Pi wants it, other machines do not', async t => {
  t.match(await checkVcgencmd(await surroundingsOf(t, 'doctor-pi5')), [{ state: 'well' }])
  t.match(await checkVcgencmd(await surroundingsOf(t, 'doctor-pi4-bare')), [
    { state: 'missing', essential: false, mend: 'sudo apt install raspi-utils' },
  ])
  t.same(await checkVcgencmd(await surroundingsOf(t, 'doctor-x86')), [])
})

t.test('whoever is not in the group video is told so', async t => {
  t.match(await checkVcgencmd(await surroundingsOf(t, 'doctor-pi5', {}, denied)), [
    { state: 'notice', found: /^Can't open device file/, mend: /^sudo usermod -aG video \$USER/ },
  ])
  const mainline = { ...denied, 'dev/vcio': undefined }
  t.match(await checkVcgencmd(await surroundingsOf(t, 'doctor-pi5', {}, mainline)), [
    { state: 'notice', mend: /own kernel/ },
  ])
})
