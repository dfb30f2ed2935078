import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { cameraSchema } from '../../src/camera/config.js'
import { budgetSchema, cascadeSchema } from '../../src/cascade/config.js'
import type { Result } from '../../src/events/result.js'
import type { Frame } from '../../src/frame/frame.js'
import { monotonicMs } from '../../src/lib/clock.js'
import { SquintError } from '../../src/lib/errors.js'
import { createLines, type LineSettings } from '../../src/service/lines.js'
import { memoryLog, until } from '../fixtures/camera.js'
import { person } from '../fixtures/detection.js'
import { energyOfBoard } from '../fixtures/energy.js'
import { photoPath } from '../fixtures/photos.js'
import { lookFixture } from '../fixtures/services.js'

/** Lines over a folder of one photo, and a cascade that sees one person in every frame. */
async function open(t: Test) {
  const photo = t.fixture('symlink', photoPath(1))
  const folder = t.testdir({
    photos: { 'a.jpg': photo },
    clip: { 'a.jpg': photo, 'b.jpg': photo, 'c.jpg': photo },
  })
  const forgotten: string[] = []
  const results: Result[] = []
  const skipped: unknown[] = []
  const charged: string[] = []
  const unaudited: unknown[] = []
  const off = new Set<string>()
  const gone: string[] = []
  const broken = new Set<string>()
  let auditsFail = false
  let lookMs = 0
  const lines = createLines({
    cascade: {
      async watch({ camera }: Frame) {
        if (broken.has(camera)) throw new SquintError('PICTURE_BROKEN', 'torn')
        if (lookMs > 0) await sleep(lookMs)
        return {
          ...lookFixture,
          detections: [{ ...person(0.1), trackId: 4 }],
          startedAt: monotonicMs(),
        }
      },
      async audit() {
        if (auditsFail) throw new SquintError('PICTURE_BROKEN', 'torn')
        return { detections: [], candidates: [], timingsMs: lookFixture.timingsMs }
      },
      async forget(camera) {
        forgotten.push(camera)
        throw new SquintError('CLOSED', 'the service is stopping')
      },
    },
    log: memoryLog(),
    decode: async () => {
      throw new Error('no demo here')
    },
    energy: await energyOfBoard('Raspberry Pi 4'),
    watts: () => 0.5,
    heat: () => ({ celsius: 60, throttled: null }),
    eventsOf: () => ({
      place: detections => detections.map(detection => ({ ...detection, zones: [] })),
      observe() {},
      pause() {},
    }),
    publish: result => results.push(result),
    charge(camera) {
      charged.push(camera)
      return 1
    },
    onSkipped: (camera, why) => skipped.push(`${camera} ${why}`),
    onUnaudited: (error, { camera }) => unaudited.push([camera, error]),
    looks: camera => !off.has(camera),
    onGone: camera => gone.push(camera),
  })
  t.teardown(lines.close)
  const camera = (id: string, fps = 40) =>
    cameraSchema.parse({ id, type: 'replay', path: join(folder, 'photos'), fps, loop: true })
  const settings = (changes: Partial<LineSettings> = {}): LineSettings => ({
    cameras: [camera('porch')],
    audit: cascadeSchema.parse({}).audit,
    budget: budgetSchema.parse({}),
    ...changes,
  })
  const count = (id: string) => results.filter(({ camera }) => camera === id).length
  return {
    folder,
    ...{ broken, camera, charged, count, forgotten, gone, lines, off, results, settings, skipped },
    unaudited,
    look(milliseconds: number) {
      lookMs = milliseconds
    },
    failAudits() {
      auditsFail = true
    },
  }
}

t.test('cameras come, go and change; one that stays as it was is not touched', async t => {
  const { camera, count, forgotten, gone, lines, results, settings } = await open(t)
  await lines.apply(settings({ cameras: [camera('porch'), camera('yard')] }))
  t.same([...lines.cameras.keys()], ['porch', 'yard'])
  await until(() => count('porch') > 2 && count('yard') > 2)
  const porch = lines.cameras.get('porch')!
  const before = porch.status().frames

  await lines.apply(settings({ cameras: [camera('porch'), camera('attic', 30)] }))
  t.same([...lines.cameras.keys()], ['porch', 'attic'])
  t.same(forgotten, ['yard'])
  t.same(gone, ['yard'])
  t.equal(lines.auditor('yard'), undefined)
  t.equal(lines.cameras.get('porch'), porch)
  t.ok(porch.status().frames >= before, 'it was not opened anew')
  await until(() => count('attic') > 2)

  const last = porch.latest()!.id
  await lines.apply(settings({ cameras: [camera('porch', 20)] }))
  await until(() => results.some(({ camera, frame }) => camera === 'porch' && frame.id > last + 1))
  t.equal(lines.cameras.get('porch'), porch)
  t.ok(porch.status().frames < before, 'it was opened anew')
})

t.test('a new budget binds, a new audit begins to count', async t => {
  const { camera, charged, count, failAudits, lines, settings, unaudited } = await open(t)
  await lines.apply(settings({ audit: { share: 0.1, energyShare: 0.5, agreement: 0.9 } }))
  await until(() => lines.auditor('porch')!.snapshot().audited > 0)
  t.ok(charged.includes('porch'))
  const auditor = lines.auditor('porch')

  const budget = budgetSchema.parse({ millijoulesPerFrame: 0.01 })
  await lines.apply(settings({ budget }))
  t.not(lines.auditor('porch'), auditor)
  await lines.apply(settings({ budget, cameras: [camera('porch')] }))

  failAudits()
  await lines.apply(settings({ audit: { share: 0.1, energyShare: 0.5, agreement: 0.8 } }))
  await until(() => unaudited.length > 0)
  t.match(unaudited[0], ['porch', { code: 'PICTURE_BROKEN' }])
  t.ok(count('porch') > 0)
})

t.test('of a recording that waits to be looked at no frame is too old', async t => {
  const { count, folder, lines, look, settings, skipped } = await open(t)
  look(100)
  const recording = { id: 'clip', type: 'replay', path: join(folder, 'clip'), maxAgeMs: 50 }
  const cameras = [cameraSchema.parse({ ...recording, pace: 'taken' })]
  await lines.apply(settings({ cameras }))
  await until(() => count('clip') === 3)
  t.same(skipped, [])
})

t.test('nobody looks where detection is off; what fails is told with its camera', async t => {
  const { broken, count, lines, off, settings, skipped } = await open(t)
  off.add('porch')
  await lines.apply(settings())
  await until(() => lines.cameras.get('porch')!.status().frames > 3)
  t.equal(count('porch'), 0)
  broken.add('porch')
  off.delete('porch')
  await until(() => skipped.length > 0)
  t.equal(skipped[0], 'porch failed')
})
