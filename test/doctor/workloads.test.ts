import t from 'tap'
import { startCascade } from '../../src/cascade/cascade.js'
import { cascadeSchema } from '../../src/cascade/config.js'
import type { StageTimings } from '../../src/cascade/detection.js'
import { openWorkloads } from '../../src/doctor/workloads.js'
import { cpuMs, monotonicMs } from '../../src/lib/clock.js'

/** The least that each stage took of a few tries: a busy machine lets any one of them wait. */
async function quickest(work: () => Promise<StageTimings>): Promise<StageTimings> {
  const tries: StageTimings[] = []
  for (let i = 0; i < 7; i++) tries.push(await work())
  const least = (stage: keyof StageTimings) => Math.min(...tries.map(timings => timings[stage]))
  return {
    decode: least('decode'),
    gate: least('gate'),
    scout: least('scout'),
    expert: least('expert'),
  }
}

t.test('each phase keeps its own stage busy', async t => {
  const cascade = await startCascade(cascadeSchema.parse({ policy: { refreshSeconds: 3600 } }))
  t.teardown(cascade.close)
  const stopping = new AbortController()
  const works = await openWorkloads(cascade, stopping.signal)
  const decode = await quickest(works.decode)
  t.ok(decode.decode > decode.scout && decode.expert === 0, JSON.stringify(decode))
  const scout = await quickest(works.scout)
  t.ok(scout.scout > 0 && scout.decode < decode.decode && scout.expert === 0, JSON.stringify(scout))
  const expert = await quickest(works.expert)
  t.ok(expert.expert > expert.decode && expert.scout === 0, JSON.stringify(expert))

  // the first frame of a camera gets a full look, and what that was not sure of another one
  for (let frame = 0; frame < 10; frame++) await works.gate()
  for (let frame = 0; frame < 20; frame++) {
    const { gate, scout, expert } = await works.gate()
    t.ok(gate > 0)
    t.equal(scout + expert, 0)
  }

  const nothing = { decode: 0, gate: 0, scout: 0, expert: 0 }
  const before = cpuMs()
  const start = monotonicMs()
  t.same(await works.other(), nothing)
  t.ok(cpuMs() - before > 10, 'other work is work')
  t.ok(monotonicMs() - start >= 20)
  t.same(await works.idle(), nothing)
  stopping.abort()
  await t.rejects(works.idle())
  await t.rejects(works.other())
})
