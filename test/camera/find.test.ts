import t from 'tap'
import { findCameras } from '../../src/camera/find.js'
import { toolDir } from '../fixtures/camera.js'

const never = new AbortController().signal
const nothing = { signal: never, path: '/nowhere', byId: '/nowhere' }

t.test('where there is nothing, the demo is found', async t => {
  t.match(await findCameras(nothing), [{ type: 'demo', id: 'demo' }])
  t.type(await findCameras({ signal: never }), Array)
})

t.test('USB cameras are found by their stable name, once each', async t => {
  const names = [
    'usb-B-video-index0',
    'usb-A-video-index0',
    'usb-A-video-index1',
    'a b-video-index0',
  ]
  const byId = t.testdir(Object.fromEntries(names.map(name => [name, ''])))
  t.match(await findCameras({ ...nothing, byId }), [
    { type: 'ffmpeg', id: 'usb-0', input: '/dev/v4l/by-id/usb-A-video-index0', width: 1280 },
    { type: 'ffmpeg', id: 'usb-1', input: '/dev/v4l/by-id/usb-B-video-index0' },
  ])
})

t.test('CSI cameras are asked of rpicam-vid', async t => {
  const path = await toolDir(t, { 'rpicam-vid': 'list' })
  t.match(await findCameras({ ...nothing, path }), [
    { type: 'libcamera', id: 'csi-0', camera: 0 },
    { type: 'libcamera', id: 'csi-1', camera: 1 },
  ])
})

t.test('a tool that hangs, fails or floods costs a bounded time and memory', async t => {
  for (const mode of ['closes', 'fails', 'flood']) {
    const path = await toolDir(t, { 'rpicam-vid': mode })
    const all = await findCameras({ ...nothing, path, timeoutMs: 1000 })
    const found = all.filter(({ type }) => type === 'libcamera')
    t.equal(found.length, mode === 'flood' ? 1 : 0, mode)
  }
})
