/** Twelve ways in which a camera misbehaves, in each form that its pictures may have, against a camera of the service. */
import { execFileSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import type { Source } from '../../src/camera/camera.js'
import { ffmpegSource } from '../../src/camera/ffmpeg.js'
import { libcameraSource } from '../../src/camera/libcamera.js'
import { supervise } from '../../src/camera/supervise.js'
import { childrenOf, memoryLog, until } from '../fixtures/camera.js'
import {
  BEHAVIOURS,
  type Behaviour,
  type FakeTool,
  fakeTool,
  MEANING,
} from '../fixtures/fake-tools.js'
import { h264Clip } from '../fixtures/flv.js'

// most of it is waiting
t.jobs = 4

const size = { width: 64, height: 32 }

const FORMS: Readonly<Record<string, (tool: FakeTool) => Source>> = {
  raw: ({ folder }) => libcameraSource({ ...size, fps: 50, path: folder }),
  jpeg: ({ folder }) => libcameraSource({ ...size, fps: 50, codec: 'mjpeg', path: folder }),
  y4m: ({ path }) =>
    ffmpegSource({ ...size, fps: 50, input: '/dev/video0', deviceFormat: 'raw', tool: path }),
  h264: ({ path }) => ffmpegSource({ ...size, input: 'rtsp://10.0.0.7/live', tool: path }),
}

/** What is started again. The others give frames: of raw pictures without a header nobody can tell that they are noise. */
const BREAKS: Readonly<Partial<Record<Behaviour, readonly string[]>>> = {
  silent: ['raw', 'jpeg', 'y4m'],
  torn: ['raw', 'jpeg', 'y4m'],
  shut: ['raw', 'jpeg', 'y4m'],
  deaf: ['raw', 'jpeg', 'y4m'],
  garbage: ['jpeg', 'y4m'],
  quits: ['raw', 'jpeg', 'y4m'],
  huge: ['jpeg', 'y4m'],
}

/** Only H.264 carries times. */
const formsOf = (behaviour: Behaviour) =>
  behaviour === 'jumps' ? ['h264'] : ['raw', 'jpeg', 'y4m']

async function suffer(t: Test, tool: FakeTool, form: string, behaviour: Behaviour): Promise<void> {
  tool.behave(behaviour === 'slow' ? 'slow:300' : behaviour)
  const breaks = BREAKS[behaviour]?.includes(form) ?? false
  // those that are well must not be taken for broken on a busy machine
  const patience = breaks ? { startMs: 3000, stallMs: 300 } : { startMs: 20_000, stallMs: 10_000 }
  const times = { ...patience, retryMs: [10] as const }
  const source = FORMS[form]!(tool)
  const camera = supervise({ id: 'porch', source, log: memoryLog(), ...times })
  t.teardown(camera.close)
  if (breaks) {
    await until(() => camera.status().restarts > 0, `${form}: a second try`)
  } else {
    await until(() => camera.status().frames > 40, `${form}: frames`)
    t.equal(camera.status().restarts, 0, `${form}: nothing is wrong with it`)
    t.equal(camera.status().lost, 0)
  }
  if (behaviour === 'wrong-size' && form !== 'raw')
    t.match(camera.status(), { width: size.width / 2, height: size.height / 2 })

  tool.behave('well')
  const { frames } = camera.status()
  // more than those that break give before they do; within 15 s, half of what is promised
  await until(() => camera.status().frames > frames + 10, `${form}: frames afterwards`)
  await camera.close()
  // the h264 reader has a decoder of its own, which is no start of the camera
  t.ok(tool.started().length <= camera.status().restarts + 1, `${form}: no more starts than told`)
}

for (const behaviour of BEHAVIOURS) {
  t.test(`a camera that ${MEANING[behaviour]}`, async t => {
    let folder = t.testdir()
    if (behaviour === 'jumps') {
      const clip = h264Clip(t, { size: '64x32', rate: 15, keyEvery: 5, seconds: 2 })
      folder = dirname(clip)
      const flv = join(folder, 'clip.flv')
      execFileSync('ffmpeg', ['-v', 'error', '-i', clip, '-c', 'copy', flv])
      process.env.SQUINT_FAKE_FLV = flv
    }
    await Promise.all(
      formsOf(behaviour).map(form =>
        suffer(t, fakeTool(join(folder, form), 'rpicam-vid'), form, behaviour),
      ),
    )
  })
}

t.test('of none of them anything is left', { buffered: false }, async t => {
  t.same(childrenOf(process.pid), [])
})
