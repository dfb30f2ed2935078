import t from 'tap'
import {
  decoderArgs,
  demuxArgs,
  type FfmpegSettings,
  ffmpegArgs,
  isCopied,
} from '../../src/camera/ffmpeg-args.js'
import { parseInput } from '../../src/camera/ffmpeg-input.js'

const settings: FfmpegSettings = {
  ...{ width: 640, height: 480, fps: undefined },
  ...{ deviceFormat: 'mjpeg', realtime: true, loop: false },
}
const rtsp = parseInput('rtsp://h/x')

t.test('JPEGs are copied, unless a device was asked for raw pictures', async t => {
  const copied = (input: string, more = {}) => isCopied(parseInput(input), { ...settings, ...more })
  t.equal(copied('/dev/video0'), true)
  t.equal(copied('/dev/video0', { deviceFormat: 'raw' }), false)
  t.equal(copied('http://h/x', { deviceFormat: 'raw' }), true)
  t.equal(copied('/a.mp4'), false)
})

t.test('all ways to open an input use the same options and allow the same protocols', async t => {
  const file = parseInput('/a.mp4')
  for (const args of [ffmpegArgs, demuxArgs]) {
    const of = (input = file, more = {}) => args(input, { ...settings, ...more }).join(' ')
    t.match(of(), /-protocol_whitelist file -re -i file:\/a.mp4 -an -sn -dn/)
    t.match(of(file, { realtime: false, loop: true }), /file -stream_loop -1 -i/)
    t.match(of(rtsp), /-protocol_whitelist rtsp,rtp,tcp -rtsp_transport tcp .*-i rtsp:\/\/h\/x/)
  }
})

t.test('only where everything is decoded may the start of a stream be dropped', async t => {
  t.ok(ffmpegArgs(rtsp, settings).includes('nobuffer'))
  t.notOk(demuxArgs(rtsp, settings).includes('nobuffer'))
})

t.test('the rate is limited in ffmpeg, or by what the decoder is told to show', async t => {
  const limited = { ...settings, fps: 5 }
  t.match(ffmpegArgs(rtsp, limited).join(' '), /-vf fps=5,scale=/)
  t.match(ffmpegArgs(rtsp, settings).join(' '), /-vf scale=/)
  t.match(decoderArgs(limited).join(' '), /-vf select=[^ ]*,scale=w='trunc\(min\(640,iw\)/)
})

t.test('a decoder reads nothing but its stdin', async t => {
  t.match(decoderArgs(settings).join(' '), /-protocol_whitelist pipe .*-f flv -i pipe:0 /)
})
