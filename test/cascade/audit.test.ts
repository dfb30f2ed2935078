import t from 'tap'
import { type Audit, type AuditOptions, createAudit } from '../../src/cascade/audit.js'
import { createRandom } from '../../src/lib/random.js'

const usual = { share: 0.005, energyShare: 0.02, agreement: 0.95 }
// one object each, so that objects and frames are as many
const good = { found: 1, missed: 0, falsePositives: 0 }
const bad = { found: 0, missed: 1, falsePositives: 0 }
/** Plenty has been spent: the energy allows what the share asks for. */
const rich = { millijoules: 1e9, auditMillijoules: 0, costMillijoules: 18 }

function record(audit: Audit, outcome: typeof good, times: number): number {
  for (let i = 0; i < times; i++) audit.record(outcome)
  return audit.snapshot().tighten
}

t.test('one frame in two hundred is due, not always the same one', async t => {
  const audit = createAudit(usual)
  const places: number[] = []
  for (let frame = 0; frame < 20_000; frame++) if (audit.due(rich)) places.push(frame % 200)
  t.equal(places.length, 100)
  t.ok(new Set(places).size > 60, `${new Set(places).size} places`)
  t.notOk(createAudit({ ...usual, share: 0 }).due(rich))
})

t.test('a scene with any period is seen in all its phases alike, dear or cheap', async t => {
  for (const period of [200, 199, 377, 610]) {
    for (const costMillijoules of [0, 18]) {
      const audit = createAudit(usual)
      const quarters = [0, 0, 0, 0]
      let [millijoules, auditMillijoules] = [0, 0]
      for (let frame = 0; frame < 400_000; frame++) {
        const phase = (frame % period) / period
        // the scene is busy in the second half of each period
        millijoules += phase < 0.5 ? 0.3 : 5
        if (!audit.due({ millijoules, auditMillijoules, costMillijoules })) continue
        millijoules += costMillijoules
        auditMillijoules += costMillijoules
        quarters[Math.floor(phase * 4)]! += 1
      }
      const mean = quarters.reduce((a, b) => a + b) / 4
      t.ok(mean > 200, `${mean} a quarter`)
      for (const count of quarters) t.ok(Math.abs(count / mean - 1) < 0.2, `${count} of ${mean}`)
    }
  }
})

t.test('the same seed audits the same frames, another one others', async t => {
  const choice = (options: AuditOptions) => {
    const audit = createAudit(options)
    return Array.from({ length: 2000 }, () => audit.due(rich))
  }
  t.same(choice(usual), choice(usual))
  t.notSame(choice({ ...usual, seed: 2 }), choice(usual))
})

t.test('audits never take more than their share of the energy, and use most of it', async t => {
  const audit = createAudit(usual)
  let [millijoules, auditMillijoules, most] = [0, 0, 0]
  // a quiet camera: the gate's 0.3 mJ a frame allow one audit of 18 mJ in 3000 frames
  for (let frame = 0; frame < 300_000; frame++) {
    millijoules += 0.3
    if (!audit.due({ millijoules, auditMillijoules, costMillijoules: 18 })) continue
    millijoules += 18
    auditMillijoules += 18
    most = Math.max(most, auditMillijoules / millijoules)
  }
  t.ok(most <= 0.02, `at most ${most}`)
  t.ok(auditMillijoules / millijoules > 0.012, `${auditMillijoules / millijoules} at last`)
  const none = createAudit({ ...usual, energyShare: 0 })
  t.notOk(Array.from({ length: 100_000 }, () => none.due(rich)).includes(true))
})

t.test('what was found is told with its uncertainty', async t => {
  const audit = createAudit(usual)
  t.same(audit.snapshot(), {
    audited: 0,
    agreement: { share: null, low: 0, high: 1 },
    missed: { share: null, low: 0, high: 1 },
    falsePositives: { share: null, low: 0, high: 1 },
    tighten: 1,
  })
  audit.record({ found: 3, missed: 1, falsePositives: 0 })
  audit.record({ found: 2, missed: 0, falsePositives: 1 })
  audit.record(good)
  audit.record({ found: 0, missed: 0, falsePositives: 0 })
  const { audited, agreement, missed, falsePositives } = audit.snapshot()
  t.equal(audited, 4)
  // six of eight objects, and the frame on which neither saw any
  t.equal(agreement.share, 7 / 9)
  t.equal(missed.share, 1 / 7)
  t.equal(falsePositives.share, 1 / 7)
  for (const { share, low, high } of [agreement, missed, falsePositives]) {
    t.ok(low > 0 && low < share! && share! < high && high < 1)
  }
})

t.test('old evidence is forgotten', async t => {
  const audit = createAudit({ ...usual, window: 50 })
  record(audit, bad, 30)
  t.equal(audit.snapshot().agreement.share, 0)
  record(audit, good, 50)
  t.match(audit.snapshot(), { audited: 80, agreement: { share: 1 }, missed: { share: 0 } })
})

t.test(
  'doubt grows by steps while the expert surely disagrees too often, up to a bound',
  async t => {
    const audit = createAudit(usual)
    t.equal(record(audit, bad, 19), 1)
    t.equal(record(audit, bad, 1), 1.1)
    // evidence from before the step does not count again
    t.equal(record(audit, bad, 19), 1.1)
    t.equal(record(audit, bad, 1), 1.2)
    t.equal(record(audit, bad, 200), 1.5)
  },
)

t.test('doubt shrinks again, more slowly, once the agreement is sure', async t => {
  const audit = createAudit(usual)
  record(audit, bad, 40)
  // 73 clean frames put the lower bound at 0.95
  t.equal(record(audit, good, 72), 1.2)
  t.equal(record(audit, good, 1), 1.15)
  t.equal(record(audit, good, 73 * 3), 1)
  t.equal(record(audit, good, 500), 1)
})

t.test('a target beyond what a window can prove is met by a clean window', async t => {
  const audit = createAudit({ ...usual, agreement: 0.99, window: 100 })
  t.equal(record(audit, bad, 20), 1.1)
  t.equal(record(audit, good, 99), 1.1)
  t.equal(record(audit, good, 1), 1.05)
})

/** How far doubt has grown after 1000 audits of scenes where the expert agrees so often, in 40 runs. */
function grown(agrees: number): number[] {
  return Array.from({ length: 40 }, (_, run) => {
    const random = createRandom(run)
    const audit = createAudit(usual)
    let most = 1
    for (let i = 0; i < 1000; i++) {
      most = Math.max(most, record(audit, random() < agrees ? good : bad, 1))
    }
    return most
  })
}

t.test('chance alone seldom moves it, and a real lack always does', async t => {
  t.ok(grown(0.99).every(most => most === 1))
  const fine = grown(0.97).filter(most => most > 1).length
  t.ok(fine <= 6, `${fine} of 40 runs at 0.97`)
  t.ok(grown(0.85).every(most => most === 1.5))
})
