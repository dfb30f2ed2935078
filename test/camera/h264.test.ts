import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { decoderArgs, demuxArgs, type FfmpegSettings } from '../../src/camera/ffmpeg-args.js'
import { parseInput } from '../../src/camera/ffmpeg-input.js'
import { h264Reader } from '../../src/camera/h264.js'
import { findTool } from '../../src/lib/child.js'
import { childrenOf, collector, until } from '../fixtures/camera.js'
import { type ClipShape, h264Clip } from '../fixtures/flv.js'

const skip = (await findTool('ffmpeg')) ? false : 'ffmpeg is not installed'

interface ReadOptions extends ClipShape {
  readonly fps?: number
  /** A shell script that decodes instead of ffmpeg. */
  readonly decoder?: string
}

/** A clip that is being read in real time. */
async function read(t: Test, options: ReadOptions = {}) {
  const { fps, decoder } = options
  const clip = h264Clip(t, options)
  const settings: FfmpegSettings = {
    ...{ width: 64, height: 48, fps },
    ...{ deviceFormat: 'raw', realtime: true, loop: false },
  }
  const reader = h264Reader({
    tool: decoder === undefined ? 'ffmpeg' : await badTool(dirname(clip), decoder),
    demuxArgs: demuxArgs(parseInput(clip), settings),
    decoderArgs: decoderArgs(settings),
    fps,
  })
  const sink = collector()
  const stop = new AbortController()
  t.teardown(() => stop.abort())
  return { reader, sink, stop, run: () => reader.run(sink, stop.signal) }
}

/** An ffmpeg that reads as it should, but decodes as this script says. */
async function badTool(dir: string, decoder: string): Promise<string> {
  const script = `#!/bin/sh\ncase "$*" in *pipe:0*) ${decoder};; esac\nexec ffmpeg "$@"\n`
  await writeFile(join(dir, 'ffmpeg'), script, { mode: 0o755 })
  return join(dir, 'ffmpeg')
}

t.test('every picture comes while nobody says that the scene is quiet', { skip }, async t => {
  const { run, sink, reader } = await read(t, { bFrames: 2 })
  t.equal(reader.resting, false)
  t.equal((await run()).code, 0)
  t.equal(sink.pictures.length, 30)
  t.match(sink.pictures, Array(30).fill({ format: 'yuv420', width: 64, height: 48 }))
  t.same(sink.losses, [])
  t.equal(sink.signs(), 0)
  t.same(childrenOf(process.pid), [])
})

t.test('in a quiet scene key frames come, and signs of life between them', { skip }, async t => {
  const { run, sink, reader } = await read(t, { bFrames: 2 })
  reader.rest(true)
  const end = run()
  await until(() => sink.pictures.length > 0)
  t.equal(reader.resting, true)
  t.equal((await end).code, 0)
  t.equal(sink.pictures.length, 3)
  t.ok(sink.signs() >= 20, `${sink.signs()}`)
  t.equal(reader.resting, false)
})

t.test('after a rest pictures come at full rate, the newest first', { skip }, async t => {
  const { run, sink, reader, stop } = await read(t, { seconds: 20, keyEvery: 50 })
  reader.rest(true)
  const end = run()
  await until(() => sink.pictures.length > 0)
  await setTimeout(1500)
  t.equal(sink.pictures.length, 1)
  reader.rest(false)
  t.equal(reader.resting, false)
  // far less than the 3.5 s to the next key frame; the dozen that was held shows as one
  await setTimeout(1000)
  const { length } = sink.pictures
  t.ok(length >= 6 && length <= 16, `${length}`)
  reader.rest(true)
  t.equal(reader.resting, true)
  stop.abort(new Error('enough'))
  await t.rejects(end, { message: 'enough' })
  t.same(childrenOf(process.pid), [])
})

t.test('the rate is limited', { skip }, async t => {
  const { run, sink } = await read(t, { fps: 5 })
  await run()
  t.ok(sink.pictures.length >= 10 && sink.pictures.length <= 18, `${sink.pictures.length}`)
})

t.test('a decoder that breaks ends the run with its words', { skip }, async t => {
  const { run } = await read(t, { decoder: 'echo sorry >&2; exit 1', seconds: 20 })
  await t.rejects(run(), { code: 'CAMERA_FAILED', message: /sorry/ })
  t.same(childrenOf(process.pid), [])
})

t.test(
  'a decoder that owes the picture of a key frame gives no signs of life',
  { skip },
  async t => {
    const decoder = 'exec cat >/dev/null'
    const { run, reader, sink } = await read(t, { decoder, seconds: 2 })
    reader.rest(true)
    await run()
    t.equal(sink.signs(), 0)
  },
)
