import t from 'tap'
import { y4mSplitter, yuvSplitter } from '../../src/frame/yuv-splitter.js'

const counting = (length: number, from = 0) =>
  Buffer.from(Array.from({ length }, (_, at) => (at + from) % 251))

t.test('pictures of a fixed size are cut wherever the stream is', async t => {
  const stream = counting(24 * 3)
  for (const step of [1, 5, 24, 31, 72]) {
    const splitter = yuvSplitter({ width: 4, height: 4 })
    const pictures = Array.from({ length: Math.ceil(72 / step) }, (_, at) =>
      splitter.push(stream.subarray(at * step, (at + 1) * step)),
    ).flat()
    t.match(pictures, Array(3).fill({ format: 'yuv420', width: 4, height: 4 }))
    t.same(Buffer.concat(pictures.map(({ data }) => data)), stream, `${step} bytes at a time`)
  }
})

t.test('each picture owns its bytes', async t => {
  const chunk = counting(24)
  const splitter = yuvSplitter({ width: 4, height: 4 })
  const [first] = splitter.push(chunk)
  chunk.fill(9)
  t.same(Buffer.from(first!.data), counting(24))
  t.equal(first!.data.buffer.byteLength, 24)
})

t.test('padding is taken off the rows of all three planes', async t => {
  const rows = ['abcd....', 'efgh....', 'AB..', 'CD..']
  const splitter = yuvSplitter({ width: 4, height: 2, stride: 8 })
  const padded = Buffer.from(`${rows[0]}${rows[1]}${rows[2]}${rows[3]}`)
  const pictures = splitter.push(Buffer.concat([padded, padded]))
  t.equal(pictures.length, 2)
  for (const { data, width, height } of pictures) {
    t.same({ width, height }, { width: 4, height: 2 })
    t.equal(Buffer.from(data).toString(), 'abcdefghABCD')
  }
})

t.test('a Y4M stream states its own size, and may be cut anywhere', async t => {
  const header = 'YUV4MPEG2 W4 H2 F25:1 Ip A1:1 C420jpeg XYSCSS=420JPEG\n'
  const first = Buffer.from('abc\nefghABCD')
  const second = Buffer.from('FRAME\nmnopqr')
  const stream = Buffer.concat([
    Buffer.from(`${header}FRAME\n`),
    first,
    Buffer.from('FRAME Ip\n'),
    second,
  ])
  for (let cut = 0; cut <= stream.length; cut += 1) {
    const splitter = y4mSplitter()
    const chunks = [stream.subarray(0, cut), stream.subarray(cut)]
    const pictures = chunks.flatMap(chunk => splitter.push(chunk))
    t.match(pictures, Array(2).fill({ format: 'yuv420', width: 4, height: 2 }))
    t.same(Buffer.concat(pictures.map(({ data }) => data)), Buffer.concat([first, second]))
  }
})

t.test('a stream that is not Y4M of even size is refused', async t => {
  const broken = { code: 'PICTURE_BROKEN' }
  for (const header of ['RIFF\n', 'YUV4MPEG2 W3 H2 F1:1 C420\n', 'YUV4MPEG2 W4 H2 F1:1 C444\n']) {
    t.throws(() => y4mSplitter().push(Buffer.from(header)), broken, header)
  }
  t.throws(() => y4mSplitter().push(Buffer.from('YUV4MPEG2 W0 H0 F1:1 C420\n')), broken)
  t.throws(() => y4mSplitter().push(Buffer.from('YUV4MPEG2 W2 H0 F1:1 C420\n')), broken)
  t.throws(() => y4mSplitter().push(Buffer.alloc(5000, 65)), broken, 'a line without an end')
  const huge = Buffer.from('YUV4MPEG2 W60000 H60000 F1:1 C420\nFRAME\n')
  t.throws(() => y4mSplitter().push(huge), { ...broken, message: /at most 25000000 pixels/ })
  t.throws(() => y4mSplitter().push(Buffer.from('YUV4MPEG2 W4 H2 F1:1 C420\nFRAMES\n')), broken)
})
