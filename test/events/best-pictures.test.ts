import t from 'tap'
import { type BestPicturesOptions, createBestPictures } from '../../src/events/best-pictures.js'
import type { EventChange } from '../../src/events/event.js'
import type { Frame } from '../../src/frame/frame.js'
import { eventFixture } from '../fixtures/event.js'
import { tinyYuv } from '../fixtures/yuv.js'

const frameAt = (capturedAt: number): Frame => ({
  camera: 'porch',
  id: capturedAt,
  capturedAt,
  capturedWallMs: capturedAt,
  picture: tinyYuv(),
})
const change = (type: EventChange['type'], id: string): EventChange => ({
  type,
  event: eventFixture({ id }),
  before: null,
})

/** What was kept, as `event@frame`; a frame's JPEG is its number. */
function album(changes: Partial<BestPicturesOptions> = {}) {
  const kept: string[] = []
  const encoded: number[] = []
  const errors: unknown[] = []
  const pictures = createBestPictures({
    async jpegOf({ id }) {
      encoded.push(id)
      return new Uint8Array(id)
    },
    async keep(id, jpeg) {
      kept.push(`${id}@${jpeg.length}`)
    },
    onError: error => errors.push(error),
    ...changes,
  })
  return {
    ...pictures,
    kept,
    encoded,
    errors,
    async frame(atMs: number, ...better: string[]) {
      pictures.offer(frameAt(atMs), better)
      await pictures.settled()
    },
  }
}

/** Jobs that end when they are told to. */
function slowWork() {
  const jobs: (() => void)[] = []
  return {
    jobs,
    start: () => new Promise<void>(resolve => jobs.push(resolve)),
    async endAll() {
      for (const end of jobs.splice(0)) end()
      await new Promise(setImmediate)
    },
  }
}

t.test(
  'the first look is kept at once, of frames that are no better nobody asks for a JPEG',
  async t => {
    const { frame, kept, encoded, status } = album()
    await frame(0)
    await frame(100, 'a')
    for (let atMs = 200; atMs < 9000; atMs += 100) await frame(atMs)
    t.same(kept, ['a@100'])
    t.same(encoded, [100])
    t.same(status(), { held: 0, dropped: 0 })
  },
)

t.test('a better look is kept sooner if somebody wants to see it', async t => {
  const { jobs, start, endAll } = slowWork()
  const kept: string[] = []
  const { offer, hurry } = album({
    async keep(id, jpeg) {
      await start()
      kept.push(`${id}@${jpeg.length}`)
    },
  })
  offer(frameAt(100), ['a'])
  offer(frameAt(200), ['a'])
  let seen = false
  const hurried = hurry('a').then(() => (seen = true))
  while (jobs.length === 0) await new Promise(setImmediate)
  await endAll()
  t.notOk(seen, 'the second one is not there yet')
  while (jobs.length === 0) await new Promise(setImmediate)
  await endAll()
  await hurried
  t.same(kept, ['a@100', 'a@200'])
  await hurry('a')
  await hurry('nothing is known of it')
})

t.test('better looks follow two seconds apart, each time the best so far', async t => {
  const { frame, kept, status } = album()
  for (let atMs = 0; atMs <= 1900; atMs += 100) await frame(atMs, 'a')
  t.same(kept, ['a@0'])
  t.same(status(), { held: 1, dropped: 0 })
  await frame(2000)
  t.same(kept, ['a@0', 'a@1900'])
  await frame(2100, 'a')
  await frame(3800)
  t.equal(kept.length, 2)
  await frame(3900)
  t.same(kept, ['a@0', 'a@1900', 'a@2100'])
  t.same(status(), { held: 0, dropped: 0 })
})

t.test('the best that waits is kept when its event ends', async t => {
  const { frame, happened, settled, kept, status } = album()
  await frame(0, 'a', 'b')
  await frame(500, 'a', 'b')
  happened(change('update', 'a'))
  happened(change('end', 'a'))
  happened(change('end', 'unknown'))
  await settled()
  t.same(kept, ['a@0', 'b@0', 'a@500'])
  t.same(status(), { held: 1, dropped: 0 })
})

t.test('one JPEG serves all events that want the same frame', async t => {
  const { frame, kept, encoded } = album()
  await frame(100, 'a', 'b', 'c')
  t.same(kept, ['a@100', 'b@100', 'c@100'])
  t.same(encoded, [100])
})

t.test('what cannot be encoded or kept is told, and only a better look is tried again', async t => {
  const broken = new Error('torn')
  let fails = true
  const { frame, kept, errors } = album({
    async jpegOf({ id }) {
      if (fails) throw broken
      return new Uint8Array(id)
    },
  })
  await frame(0, 'a')
  fails = false
  for (let atMs = 100; atMs < 5000; atMs += 100) await frame(atMs)
  t.same(errors, [broken])
  t.same(kept, [])
  await frame(5000, 'a')
  t.same(kept, ['a@5000'])
  const full = new Error('full')
  const disk = album({
    async keep() {
      throw full
    },
  })
  await disk.frame(0, 'a')
  t.same(disk.errors, [full])
})

t.test(
  'a picture that is still being kept is never overtaken by a newer one, nor by the last',
  async t => {
    const work = slowWork()
    const order: string[] = []
    const { offer, happened, settled, status } = album({
      async keep(id, jpeg) {
        await work.start()
        order.push(`${id}@${jpeg.length}`)
      },
    })
    offer(frameAt(1), ['a'])
    offer(frameAt(3000), ['a'])
    await new Promise(setImmediate)
    t.equal(work.jobs.length, 1)
    happened(change('end', 'a'))
    await work.endAll()
    t.equal(work.jobs.length, 1)
    await work.endAll()
    await settled()
    t.same(order, ['a@1', 'a@3000'])
    t.same(status(), { held: 0, dropped: 0 })
  },
)

t.test('however much happens and however slow the disk is, few frames are held', async t => {
  const work = slowWork()
  const { offer, happened, settled, status, kept } = album({
    async jpegOf() {
      await work.start()
      return new Uint8Array(1)
    },
  })
  let most = 0
  for (let i = 0; i < 1000; i++) {
    offer(frameAt(i * 33), [`event-${i % 150}`])
    most = Math.max(most, status().held)
  }
  t.equal(most, 8)
  t.equal(status().dropped, 1000 - 8)
  await work.endAll()
  t.equal(kept.length, 8)
  for (let i = 0; i < 150; i++) happened(change('end', `event-${i}`))
  await settled()
  t.same(status().held, 0)
})

t.test('in a crowd what waits is kept early instead of being held', async t => {
  const { frame, kept, status } = album()
  const crowd = Array.from({ length: 20 }, (_, i) => `event-${i}`)
  await frame(1, ...crowd)
  t.equal(kept.length, 20)
  for (const [i, id] of crowd.entries()) await frame(10 + i, id)
  t.same(status(), { held: 4, dropped: 0 })
  t.equal(kept.length, 36)
})
