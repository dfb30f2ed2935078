import t from 'tap'
import { cameraSchema, waitsForAnalysis } from '../../src/camera/config.js'

t.test('defaults are filled in', async t => {
  const common = { id: 'a', maxAgeMs: 2000 }
  t.same(cameraSchema.parse({ type: 'demo', id: 'a' }), { ...common, type: 'demo', fps: 10 })
  t.same(cameraSchema.parse({ type: 'replay', id: 'a', path: '/x' }), {
    ...common,
    ...{ type: 'replay', path: '/x', pace: 'fps', fps: 10, loop: false },
  })
  t.same(cameraSchema.parse({ type: 'ffmpeg', id: 'a', input: 'rtsp://h/x' }), {
    ...common,
    ...{ type: 'ffmpeg', input: 'rtsp://h/x', width: 1280, height: 720 },
    ...{ deviceFormat: 'mjpeg', realtime: true, loop: false, keyFrames: 'auto' },
  })
  t.same(cameraSchema.parse({ type: 'libcamera', id: 'a' }), {
    ...common,
    ...{
      type: 'libcamera',
      camera: 0,
      mode: 'video',
      everySeconds: 60,
      codec: 'yuv420',
      width: 1280,
      height: 720,
      fps: 15,
    },
    ...{ hflip: false, vflip: false, rotation: 0 },
  })
})

t.test('what is wrong is refused', async t => {
  const wrong = {
    'unknown type': { type: 'webcam', id: 'a' },
    'unknown key': { type: 'demo', id: 'a', args: ['-i'] },
    'capital in id': { type: 'demo', id: 'A' },
    'path in id': { type: 'demo', id: '../a' },
    'leading dash in id': { type: 'demo', id: '-a' },
    'newline in id': { type: 'demo', id: 'a\n' },
    'id too long': { type: 'demo', id: 'a'.repeat(41) },
    'rate 0': { type: 'demo', id: 'a', fps: 0 },
    'rate as text': { type: 'libcamera', id: 'a', fps: '15; reboot' },
    'width not of 64': { type: 'libcamera', id: 'a', width: 1300 },
    'odd height': { type: 'libcamera', id: 'a', height: 721 },
    'rotation 90': { type: 'libcamera', id: 'a', rotation: 90 },
    'input exec': { type: 'ffmpeg', id: 'a', input: 'exec:id' },
    'input option': { type: 'ffmpeg', id: 'a', input: '-i evil' },
    'input object': { type: 'ffmpeg', id: 'a', input: { url: 'rtsp://h' } },
    'no path': { type: 'replay', id: 'a', path: '' },
  }
  for (const [name, config] of Object.entries(wrong)) {
    t.equal(cameraSchema.safeParse(config).success, false, name)
  }
})

t.test('a refused input is told without its secrets', async t => {
  const input = 'ftp://user:SECRET@host/x'
  const { error } = cameraSchema.safeParse({ type: 'ffmpeg', id: 'a', input })
  t.match(error?.message, /expected .*rtsp/)
  t.notMatch(error?.message, /SECRET/)
})

t.test(
  'recordings that are taken as fast as they are analysed wait, everything else is live',
  async t => {
    const waits = (config: object) => waitsForAnalysis(cameraSchema.parse({ id: 'a', ...config }))
    t.equal(waits({ type: 'replay', path: '/x', pace: 'taken' }), true)
    t.equal(waits({ type: 'replay', path: '/x' }), false)
    t.equal(waits({ type: 'ffmpeg', input: 'rtsp://h/x' }), false)
    t.equal(waits({ type: 'ffmpeg', input: 'rtsp://h/x', realtime: false }), true)
    t.equal(waits({ type: 'demo' }), false)
  },
)
