import t from 'tap'
import { checkFfmpeg } from '../../src/doctor/ffmpeg.js'
import { surroundingsOf } from '../fixtures/surroundings.js'

const yard = { cameras: [{ id: 'yard', type: 'ffmpeg', input: 'rtsp://10.0.0.7/stream' }] }

t.test('ffmpeg is told with its version', async t => {
  t.match(await checkFfmpeg(await surroundingsOf(t, 'doctor-pi5')), [
    { state: 'well', essential: false, found: /^5\.1\.7-0\+deb12u1\+rpt1 \(\/.*\/bin\/ffmpeg\)$/ },
  ])
  const silent = { 'bin/ffmpeg': '#!/bin/sh\n' }
  t.match(await checkFfmpeg(await surroundingsOf(t, 'doctor-pi5', yard, silent)), [
    { state: 'well', essential: true, found: /^of unknown version/ },
  ])
})

t.test('without it, only a camera of the configuration makes it essential', async t => {
  t.match(await checkFfmpeg(await surroundingsOf(t, 'doctor-pi4-bare')), [
    { state: 'missing', essential: false, found: /USB/, mend: 'sudo apt install ffmpeg' },
  ])
  t.match(await checkFfmpeg(await surroundingsOf(t, 'doctor-pi4-bare', yard)), [
    { state: 'missing', essential: true, found: 'not found; needed for yard' },
  ])
})

t.test('one that does not run is missing; one that is slow is not', async t => {
  const broken = {
    'bin/ffmpeg': '#!/bin/sh\necho "error while loading shared libraries: libx.so" >&2; exit 127\n',
  }
  t.match(await checkFfmpeg(await surroundingsOf(t, 'doctor-pi5', {}, broken)), [
    { state: 'missing', found: /does not run: error while loading/, mend: /--reinstall/ },
  ])
  const slow = { 'bin/ffmpeg': '#!/bin/sh\nexec sleep 20\n' }
  t.match(await checkFfmpeg(await surroundingsOf(t, 'doctor-pi5', {}, slow), 200), [
    { state: 'notice', found: /bin\/ffmpeg gave no answer within 0\.2 s$/, mend: undefined },
  ])
})
