import t from 'tap'
import type { Source } from '../../src/camera/camera.js'
import { type LifeOptions, live } from '../../src/camera/life.js'
import { sleep } from '../../src/lib/sleep.js'
import { collector } from '../fixtures/camera.js'
import { tinyYuv } from '../fixtures/yuv.js'

const never = new AbortController().signal

function source(run: Source['run']): Source {
  return { kind: 'replay', label: 'test', run }
}

function lead(run: Source['run'], more: Partial<LifeOptions> = {}) {
  const sink = collector()
  const options = { source: source(run), sink, startMs: 100, stallMs: 40, signal: never, ...more }
  return { sink, end: live(options) }
}

t.test('material that ends by itself ends the life well', async t => {
  const { sink, end } = lead(async sink => {
    sink.put(tinyYuv())
    sink.lost('one')
  })
  t.match(await end, { ended: true, error: undefined })
  t.equal(sink.pictures.length, 1)
  t.same(sink.losses, ['one'])
})

t.test('an error ends the life, with how long pictures came', async t => {
  const broken = lead(async (sink, signal) => {
    sink.put(tinyYuv())
    await sleep(20, signal)
    throw new Error('unplugged')
  })
  const end = await broken.end
  t.match(end, { ended: false, error: { message: 'unplugged' } })
  t.ok(end.streamedMs >= 18)
  const never = lead(() => Promise.reject(new Error('not there')))
  t.match(await never.end, { ended: false, error: { message: 'not there' }, streamedMs: 0 })
})

t.test('no first picture within startMs is a stall', async t => {
  const { end } = lead((_, signal) => sleep(60_000, signal))
  t.match(await end, {
    ended: false,
    error: { code: 'CAMERA_STALLED', message: /within 100 ms/ },
    streamedMs: 0,
  })
})

t.test('silence after a picture is a stall', async t => {
  const { end } = lead(async (sink, signal) => {
    sink.put(tinyYuv())
    await sleep(20, signal)
    sink.put(tinyYuv())
    await sleep(60_000, signal)
  })
  const found = await end
  t.match(found, { ended: false, error: { code: 'CAMERA_STALLED', message: /within 40 ms/ } })
  t.ok(found.streamedMs >= 58)
})

t.test(
  'silence after the first picture is found without the patience that the first has',
  async t => {
    const { end } = lead(
      async (sink, signal) => {
        await sleep(5, signal)
        sink.put(tinyYuv())
        await sleep(20_000, signal)
        throw new Error('nobody noticed')
      },
      { startMs: 60_000 },
    )
    t.match(await end, { error: { code: 'CAMERA_STALLED', message: /within 40 ms/ } })
  },
)

t.test('a source that resolves when it is stopped has stalled all the same', async t => {
  const { end } = lead((_, signal) => sleep(60_000, signal).catch(() => {}))
  t.match(await end, { ended: false, error: { code: 'CAMERA_STALLED' } })
})

t.test('a source that waits until its picture is taken has not stalled', async t => {
  const slow = { ...collector(), taken: (signal: AbortSignal) => sleep(200, signal) }
  const run: Source['run'] = async (sink, signal) => {
    sink.put(tinyYuv())
    await sink.taken(signal)
    await sleep(20, signal)
  }
  const { end } = lead(run, { sink: slow })
  t.match(await end, { ended: true })
})

t.test('a source without pictures that gives signs of life has not stalled', async t => {
  const { sink, end } = lead(async (sink, signal) => {
    sink.put(tinyYuv())
    for (let count = 0; count < 10; count += 1) {
      await sleep(15, signal)
      sink.alive()
    }
  })
  t.match(await end, { ended: true })
  t.equal(sink.signs(), 10)
})

t.test('an abort ends the life, and what comes later is not delivered', async t => {
  const stop = new AbortController()
  const run: Source['run'] = async (sink, signal) => {
    await sleep(60_000, signal).catch(() => {})
    sink.put(tinyYuv())
  }
  const { sink, end } = lead(run, { signal: stop.signal })
  stop.abort(new Error('closing'))
  t.match(await end, { ended: false, error: { message: 'closing' } })
  t.same(sink.pictures, [])
})
