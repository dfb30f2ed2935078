import t from 'tap'
import { createAudit } from '../../src/cascade/audit.js'
import { createAuditor } from '../../src/cascade/auditor.js'
import type { Look } from '../../src/cascade/detection.js'
import type { Audited } from '../../src/cascade/protocol.js'
import { SquintError } from '../../src/lib/errors.js'
import { car, person } from '../fixtures/detection.js'
import { exitFixture } from '../fixtures/exit.js'
import { lookFixture } from '../fixtures/services.js'
import { tinyYuv } from '../fixtures/yuv.js'

const timingsMs = { decode: 2, gate: 0, scout: 0, expert: 20, remote: 0 }
/** Every frame may be audited as far as the share goes; what it may cost is in each test. */
const eager = { share: 1, agreement: 0.9 }

function start(answer: () => Promise<Audited>, energyShare = 0.5) {
  const errors: unknown[] = []
  const pictures: unknown[] = []
  const auditor = createAuditor({
    audit: createAudit({ ...eager, energyShare }),
    cascade: {
      audit(picture) {
        pictures.push(picture)
        return answer()
      },
    },
    charge: ({ decode, expert }) => decode + expert,
    onError: error => errors.push(error),
  })
  let id = 0
  async function consider(look: Partial<Look>, millijoules: number) {
    const frame = { camera: 'porch', id: ++id, capturedAt: id, capturedWallMs: id }
    auditor.consider({ ...frame, picture: tinyYuv(id) }, { ...lookFixture, ...look }, millijoules)
    await new Promise(setImmediate)
  }
  return { auditor, consider, errors, pictures }
}

const word = (...detections: Audited['detections']): Audited => ({
  detections,
  candidates: detections,
  timingsMs,
})

t.test('a frame that stopped early is held against what the expert sees in it', async t => {
  const { auditor, consider, pictures } = start(async () => word(person(0.1), car(0.6)))
  await consider({ detections: [person(0.1), person(0.7)] }, 1000)
  t.same(pictures, [tinyYuv(1)])
  t.match(auditor.snapshot(), {
    audited: 1,
    agreement: { share: 1 / 3 },
    missed: { share: 1 / 2 },
    falsePositives: { share: 1 / 2 },
  })
})

t.test(
  'a frame that the expert has seen is not audited, and tells what an audit will cost',
  async t => {
    const refresh = exitFixture({ stage: 'expert', reason: 'refresh' })
    for (const [energyShare, audited] of [
      [0.4, 0],
      [0.5, 1],
    ] as const) {
      const { auditor, consider, pictures } = start(async () => word(), energyShare)
      await consider({ exit: refresh }, 100)
      t.equal(pictures.length, 0)
      // 100 mJ of 200 would go to audits
      await consider({}, 0)
      t.equal(auditor.snapshot().audited, audited)
    }
  },
)

t.test('what audits cost counts against their share of the energy', async t => {
  const { auditor, consider } = start(async () => word(), 0.1)
  await consider({}, 1000)
  t.equal(auditor.snapshot().audited, 1)
  // five of 22 mJ are just within a tenth of 1110 mJ
  for (let i = 0; i < 200; i++) await consider({}, 0)
  const { audited } = auditor.snapshot()
  t.ok(audited >= 3 && audited <= 5, `${audited} audits of 22 mJ, of 1000 mJ`)
})

t.test('only one frame at a time is being audited', async t => {
  const waiting: ((audited: Audited) => void)[] = []
  const { auditor, consider } = start(() => new Promise(resolve => waiting.push(resolve)))
  for (let i = 0; i < 5; i++) await consider({}, 1e6)
  t.equal(waiting.length, 1)
  waiting[0]!(word())
  await new Promise(setImmediate)
  t.equal(auditor.snapshot().audited, 1)
  for (let i = 0; i < 5; i++) await consider({}, 1e6)
  t.equal(waiting.length, 2)
})

t.test('a frame that cannot be audited is reported, and the next one is audited', async t => {
  let torn = true
  const { auditor, consider, errors } = start(async () => {
    if (torn) throw new Error('torn')
    return word()
  })
  await consider({}, 1e6)
  t.match(errors, [{ message: 'torn' }])
  t.equal(auditor.snapshot().audited, 0)
  torn = false
  for (let i = 0; i < 3; i++) await consider({}, 1e6)
  t.ok(auditor.snapshot().audited > 0)
  t.equal(errors.length, 1)
})

t.test('an audit that the end of the service has cut off is no error', async t => {
  const { consider, errors, pictures } = start(async () => {
    throw new SquintError('CLOSED', 'stopping')
  })
  await consider({}, 1e6)
  t.equal(pictures.length, 1)
  t.same(errors, [])
})
