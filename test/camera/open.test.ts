import t from 'tap'
import { cameraSchema } from '../../src/camera/config.js'
import { openCamera } from '../../src/camera/open.js'
import { memoryLog } from '../fixtures/camera.js'

t.test('each type opens its own source, and a broken one throws nothing', async t => {
  const decode = () => Promise.reject(new Error('no decoder'))
  const configs = [
    { type: 'libcamera' },
    { type: 'libcamera', mode: 'stills' },
    { type: 'ffmpeg', input: '/nowhere.mp4' },
    { type: 'replay', path: '/nowhere' },
    { type: 'demo' },
  ]
  for (const config of configs) {
    const parsed = cameraSchema.parse({ id: 'porch', ...config })
    const camera = openCamera({ config: parsed, decode, log: memoryLog() })
    t.match(camera, { id: 'porch', kind: config.type })
    await camera.close()
    t.equal(camera.status().state, 'closed')
  }
})
