import { execFileSync } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { type DecoderOptions, ffmpegDecoder } from '../../src/camera/decoder.js'
import { decoderArgs, demuxArgs, type FfmpegSettings } from '../../src/camera/ffmpeg-args.js'
import { parseInput } from '../../src/camera/ffmpeg-input.js'
import type { FlvTag } from '../../src/frame/flv.js'
import { flvSplitter } from '../../src/frame/flv-splitter.js'
import type { YuvPicture } from '../../src/frame/frame.js'
import { findTool } from '../../src/lib/child.js'
import { childrenOf, until } from '../fixtures/camera.js'
import { type ClipShape, h264Clip, unit } from '../fixtures/flv.js'

const skip = (await findTool('ffmpeg')) ? false : 'ffmpeg is not installed'
const settings: FfmpegSettings = {
  ...{ width: 64, height: 48, fps: undefined },
  ...{ deviceFormat: 'raw', realtime: false, loop: false },
}

/** The parameters and access units of a clip. */
function unitsOf(t: Test, shape: ClipShape): [FlvTag, ...FlvTag[]] {
  const args = demuxArgs(parseInput(h264Clip(t, shape)), settings)
  const [first, ...units] = flvSplitter().push(execFileSync('ffmpeg', args))
  return [first!, ...units]
}

function open(t: Test, more: Partial<DecoderOptions> = {}) {
  const stop = new AbortController()
  const pictures: YuvPicture[] = []
  const failures: unknown[] = []
  const decoder = ffmpegDecoder({
    tool: 'ffmpeg',
    args: decoderArgs(settings),
    onPicture: picture => pictures.push(picture),
    onFailed: error => failures.push(error),
    signal: stop.signal,
    ...more,
  })
  t.teardown(() => {
    stop.abort()
    return decoder.close()
  })
  return { decoder, pictures, failures, stop }
}

/** A decoder that is a shell script. */
const script = (text: string) => ({ tool: 'sh', args: ['-c', text] })

for (const bFrames of [0, 2]) {
  t.test(
    `each flushed key frame gives its picture before the next (${bFrames} B-frames)`,
    { skip },
    async t => {
      const [parameters, ...units] = unitsOf(t, { bFrames })
      const { decoder, pictures, failures } = open(t)
      decoder.renew()
      decoder.parameters(parameters)
      let count = 0
      for (const key of units.filter(({ kind }) => kind === 'key')) {
        decoder.decode(key, true)
        decoder.flush(key)
        t.equal(decoder.owes, true)
        count += 1
        await until(() => pictures.length === count, 'the picture of the key frame')
        t.equal(decoder.owes, false)
      }
      t.equal(count, 3)
      // and then everything, from the third key frame on
      for (const unit of units.slice(21)) decoder.decode(unit, true)
      await decoder.close()
      t.equal(pictures.length, 3 + 9)
      t.match(pictures, Array(12).fill({ format: 'yuv420', width: 64, height: 48 }))
      t.same(failures, [])
      t.equal(decoder.waiting, 0)
    },
  )

  t.test(`what is not to be shown is only decoded (${bFrames} B-frames)`, { skip }, async t => {
    const [parameters, ...units] = unitsOf(t, { bFrames })
    const all = open(t)
    const some = open(t)
    for (const { decoder } of [all, some]) {
      decoder.parameters(parameters)
      decoder.renew()
    }
    for (const { kind, data } of units) {
      all.decoder.decode({ kind, data: Buffer.from(data) }, true)
    }
    for (const [at, unit] of units.entries()) {
      some.decoder.decode(unit, at % 10 === 0 || at === 29)
    }
    await Promise.all([all.decoder.close(), some.decoder.close()])
    t.equal(all.pictures.length, 30)
    t.equal(some.pictures.length, 4)
    // shown exactly as if all had been: the hidden ones were decoded
    const known = new Set(all.pictures.map(({ data }) => Buffer.from(data).toString('base64')))
    for (const { data } of some.pictures) t.ok(known.has(Buffer.from(data).toString('base64')))
  })
}

t.test('times may begin again from zero, as FLV lets them after 24 days', { skip }, async t => {
  const [parameters, ...units] = unitsOf(t, { bFrames: 2 })
  const { decoder, pictures } = open(t)
  decoder.parameters(parameters)
  decoder.renew()
  units.forEach((unit, at) => {
    const late = (2 ** 31 - 1500 + at * 100) % 2 ** 31
    unit.data.writeUIntBE(late % 2 ** 24, 4, 3)
    unit.data[7] = Math.floor(late / 2 ** 24)
    decoder.decode(unit, true)
  })
  await decoder.close()
  t.equal(pictures.length, 30)
})

t.test("what a decoder still holds when it is renewed is nobody's", async t => {
  const frames =
    'trap "" TERM; printf "YUV4MPEG2 W2 H2 F1:1 C420\\n"; while sleep 0.01; do printf "FRAME\\n%06d" $(($$ % 1000000)); done'
  const { decoder, pictures, failures } = open(t, script(`[ -e /dev/stdin ] && ${frames}`))
  decoder.renew()
  await until(() => pictures.length > 2)
  const [old] = childrenOf(process.pid)
  decoder.renew()
  const before = pictures.length
  await until(() => pictures.length > before, 'a picture of the second decoder')
  // each decoder draws its own number
  const numbers = pictures.map(({ data }) => Buffer.from(data).toString())
  t.equal(new Set(numbers.slice(0, before)).size, 1)
  t.notOk(numbers.slice(before).includes(numbers[0]!))
  await until(() => !childrenOf(process.pid).includes(old!), 'the end of the first decoder')
  t.same(failures, [])
})

t.test('a decoder that ends before its input, or badly, has failed', async t => {
  for (const [text, message] of [
    ['exit 0', /exit code 0: it said nothing/],
    ['echo sorry >&2; exit 1', /exit code 1: sorry/],
    ['cat >/dev/null; exit 1', /exit code 1/],
    ['echo this is no picture; cat >/dev/null', /YUV4MPEG2/],
  ] as const) {
    const { decoder, failures, pictures } = open(t, script(text))
    decoder.renew()
    if (text.startsWith('cat')) await decoder.close()
    await until(() => failures.length > 0, text)
    t.match(failures, [{ message }])
    decoder.decode(unit('key'), true)
    await decoder.close()
    t.same(pictures, [])
  }
})

t.test('what a decoder does not read is counted, and an abort ends it', async t => {
  const { decoder, stop, failures } = open(t, script('sleep 1000'))
  decoder.renew()
  for (let count = 0; count < 10; count += 1) {
    decoder.decode(unit('between', { size: 1_000_000 }), true)
  }
  await setTimeout(100)
  t.ok(decoder.waiting > 8_000_000, `${decoder.waiting}`)
  stop.abort(new Error('enough'))
  await decoder.close()
  t.match(failures, [{ message: 'enough' }])
  t.same(childrenOf(process.pid), [])
})
