import { existsSync } from 'node:fs'
import t from 'tap'
import { type Decode, type DemoOptions, demoSource, samplePhotos } from '../../src/camera/demo.js'
import { type Picture, yuvBytes } from '../../src/frame/frame.js'
import { collector, until } from '../fixtures/camera.js'

/** A photo in which every 2x2 block of luma and every chroma sample says where it is. */
const decode: Decode = async (file, width) => {
  const height = width
  const data = Buffer.alloc(yuvBytes(width, height))
  const half = width / 2
  for (let at = 0; at < half * half; at += 1) {
    const [x, y] = [at % half, Math.floor(at / half)]
    for (const luma of [0, 1, width, width + 1]) data[2 * y * width + 2 * x + luma] = x
    data[width * height + at] = x
    data[width * height + half * half + at] = y + file.length
  }
  return { format: 'yuv420', width, height, data }
}

const view = { width: 80, height: 40, decode, fps: 100, holdMs: 50, glideMs: 100 }

async function show(count: number, more: Partial<DemoOptions> = {}): Promise<Picture[]> {
  const stop = new AbortController()
  const sink = collector()
  const source = demoSource({ ...view, photos: ['a', 'bc'], ...more })
  const run = source.run(sink, stop.signal).catch(error => error)
  await until(() => sink.pictures.length >= count)
  stop.abort()
  await run
  return sink.pictures.slice(0, count)
}

const same = (one: Picture | undefined, other: Picture | undefined) =>
  Buffer.from(one!.data).equals(other!.data)

t.test('while the view stands every byte stays, while it glides it changes', async t => {
  const pictures = await show(20)
  t.match(pictures, Array(20).fill({ format: 'yuv420', width: 80, height: 40 }))
  t.ok(pictures.every(({ data }) => data.length === yuvBytes(80, 40)))
  for (const at of [1, 2, 3, 4, 5]) t.ok(same(pictures[0], pictures[at]), `still at ${at}`)
  t.notOk(same(pictures[0], pictures[10]), 'moved in the middle of the glide')
  t.notOk(same(pictures[8], pictures[10]))
  for (const at of [16, 17, 18, 19]) t.ok(same(pictures[15], pictures[at]), `still at ${at}`)
  t.notOk(same(pictures[0], pictures[19]))
  t.not(pictures[0]?.data.buffer, pictures[1]?.data.buffer)
})

t.test('then comes the next photo, glided the other way, and the first again', async t => {
  const pictures = await show(45)
  t.notOk(same(pictures[19], pictures[20]))
  t.ok(same(pictures[20], pictures[25]))
  t.equal(pictures[0]?.data[0], 0)
  t.equal(pictures[20]?.data[0], 10)
  t.ok(same(pictures[0], pictures[40]))
})

t.test('a stop while a picture is being handed over ends the show', async t => {
  const stop = new AbortController()
  const sink = { ...collector(), put: () => stop.abort() }
  await demoSource({ ...view, photos: ['a'] }).run(sink, stop.signal)
  t.ok(stop.signal.aborted)
})

t.test('luma and chroma are cut at the same place', async t => {
  for (const { data } of await show(20)) {
    const [u, v] = [data[80 * 40]!, data[80 * 40 + 40 * 20]!]
    t.equal(data[0], u)
    t.equal(data[2 * 39], data[80 * 40 + 39])
    t.ok(v >= 1)
  }
})

t.test('a real view has 1280x720 pixels and uses real photos', async t => {
  const asked: string[] = []
  const stop = new AbortController()
  const sink = collector()
  const source = demoSource({
    decode: (file, width, signal) => {
      asked.push(`${width} ${file}`)
      return decode(file, width, signal)
    },
  })
  t.match(source, { kind: 'demo', label: 'demo photos' })
  const run = source.run(sink, stop.signal)
  await until(() => sink.pictures.length > 0)
  stop.abort()
  await t.rejects(run)
  t.match(sink.pictures[0], { width: 1280, height: 720 })
  t.match(asked, [/^1600 .*sample1\.jpg$/])
  t.ok(samplePhotos().every(existsSync))
})
