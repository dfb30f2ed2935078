import { execFileSync } from 'node:child_process'
import t from 'tap'
import { demuxArgs } from '../../src/camera/ffmpeg-args.js'
import { parseInput } from '../../src/camera/ffmpeg-input.js'
import type { FlvTag } from '../../src/frame/flv.js'
import { flvSplitter } from '../../src/frame/flv-splitter.js'
import { findTool } from '../../src/lib/child.js'
import { accessUnit, h264Clip, stream, tag } from '../fixtures/flv.js'

function split(...chunks: readonly Uint8Array[]): FlvTag[] {
  const splitter = flvSplitter()
  return chunks.flatMap(chunk => splitter.push(chunk))
}

const PARAMETERS = tag(9, Buffer.from([0x17, 0, 0, 0, 0, 1, 100, 0, 40]))
const KEY = accessUnit({ nals: [9, 7, 8, 6, 5, 5] })
const BETWEEN = accessUnit({ nals: [9, 1] })
const ENDED = tag(9, Buffer.from([0x17, 2, 0, 0, 0]))
const STREAM = stream(tag(18, Buffer.from('onMetaData')), PARAMETERS, KEY, BETWEEN, ENDED)

t.test('parameters, key frames and what lies between them come out, nothing else', async t => {
  t.same(split(STREAM), [
    { kind: 'parameters', data: PARAMETERS },
    { kind: 'key', data: KEY },
    { kind: 'between', data: BETWEEN },
  ])
})

t.test('the stream may be cut anywhere, even between all bytes', async t => {
  const whole = split(STREAM)
  for (let cut = 0; cut <= STREAM.length; cut += 1) {
    t.same(split(STREAM.subarray(0, cut), STREAM.subarray(cut)), whole, `cut at ${cut}`)
  }
  t.same(split(...Array.from(STREAM, byte => Buffer.from([byte]))), whole)
})

t.test('the tags own their bytes, so the chunk may be used again', async t => {
  const chunk = Buffer.from(STREAM)
  const tags = split(chunk)
  chunk.fill(0)
  t.same(tags[1]?.data, KEY)
  t.equal(tags[1]?.data.buffer.byteLength, KEY.length)
})

t.test('a recovery point is no key frame, although FLV flags it as one', async t => {
  const recovery = accessUnit({ nals: [6, 1] })
  recovery[11] = 0x17
  t.same(split(stream(recovery)), [{ kind: 'between', data: recovery }])
})

t.test('NAL units of impossible lengths do not lead out of the tag', async t => {
  const long = accessUnit({ nals: [1] })
  long.writeUInt32BE(0xfffffff0, 16)
  const short = accessUnit({ nals: [1], size: 2 })
  short.writeUInt32BE(0, 16)
  t.same(
    split(stream(long, short)).map(({ kind }) => kind),
    ['between', 'between'],
  )
})

t.test('anything but FLV is PICTURE_BROKEN', async t => {
  const refused = (found: RegExp) => ({ code: 'PICTURE_BROKEN', message: found })
  t.throws(() => split(Buffer.from('this is some text')), refused(/header of FLV, found 7468/))
  const torn = stream(KEY.subarray(0, 30), BETWEEN, KEY)
  t.throws(() => split(torn), refused(/expected a tag of \d+ bytes, found \d+/))
})

const skip = (await findTool('ffmpeg')) ? false : 'ffmpeg is not installed'
t.test('what ffmpeg writes for a clip comes out whole, with its key frames', { skip }, async t => {
  const input = parseInput(h264Clip(t, { bFrames: 2 }))
  const common = { width: 64, height: 48, fps: undefined, deviceFormat: 'raw' } as const
  const args = demuxArgs(input, { ...common, realtime: false, loop: false })
  const [first, ...units] = split(execFileSync('ffmpeg', args))
  t.equal(first?.kind, 'parameters')
  const kinds = Array.from({ length: 30 }, (_, at) => (at % 10 === 0 ? 'key' : 'between'))
  t.same(
    units.map(({ kind }) => kind),
    kinds,
  )
})
