import t from 'tap'
import { openWorkbench } from '../../src/bench/workbench.js'
import { configSchema } from '../../src/config/schema.js'
import { photo } from '../fixtures/photos.js'

t.test('it opens pictures for both models, and says on what machine', async t => {
  const policy = { doubtLimit: 0.3 }
  const bench = await openWorkbench(configSchema.parse({ cascade: { policy } }))
  t.teardown(bench.close)
  t.match(bench, { scout: { role: 'scout' }, expert: { role: 'expert' }, policy })
  t.match(bench.machine, /^.+, \d+ cores, node v\d+\.\d+\.\d+, 1 thread per inference$/)
  const opened = await bench.open({ format: 'encoded', data: photo(6) })
  t.match(opened, { width: 1920, height: 1537 })
  for (const seen of [await opened.scout(0.3), (await opened.expert(0.3)).detections]) {
    t.ok(seen.some(({ label }) => label === 'person'))
  }
  const timings = opened.timings()
  t.ok(timings.decode > 0 && timings.scout > 0 && timings.expert > 0)
  t.ok(bench.energy.attribute(timings).total > 0)
})

t.test('more threads are told', async t => {
  const bench = await openWorkbench(configSchema.parse({ cascade: { threads: 2 } }))
  t.teardown(bench.close)
  t.match(bench.machine, /, 2 threads per inference$/)
})

t.test('a model that is not there is refused', async t => {
  await t.rejects(openWorkbench(configSchema.parse({ cascade: { expert: 'gone' } })), {
    code: 'MODEL_MISSING',
    message: /^cascade\.expert: /,
  })
})
