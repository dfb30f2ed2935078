import t from 'tap'
import { parseConfig } from '../../src/config/load.js'
import type { Config } from '../../src/config/schema.js'
import { SquintError } from '../../src/lib/errors.js'
import { createReloader } from '../../src/service/reload.js'
import { memoryLog } from '../fixtures/camera.js'

const config = (written: object): Config => parseConfig(written, {}, 'test')

/** A configuration that the test writes; `refused` is what cannot be made to hold. */
function reloading(first: object = {}) {
  let next: () => Config = () => config(first)
  const applied: Config[] = []
  const reapplied: Config[] = []
  const log = memoryLog()
  const reloader = createReloader({
    file: '/etc/squint.yaml',
    first: config(first),
    load: async () => next(),
    async apply(wanted) {
      if (wanted.cascade.scout === 'gone') throw new SquintError('MODEL_MISSING', 'no such scout')
      applied.push(wanted)
    },
    async reapply(config) {
      reapplied.push(config)
    },
    log,
  })
  return {
    applied,
    reapplied,
    log,
    reloader,
    write(written: object) {
      next = () => config(written)
    },
  }
}

t.test('a good configuration comes into force', async t => {
  const { applied, reloader, write } = reloading()
  t.match(reloader.status(), { file: '/etc/squint.yaml', error: null, needRestart: [] })
  write({ budget: { watts: 1 } })
  await reloader.reload()
  t.match(applied, [{ budget: { watts: 1 } }])
  t.match(reloader.config(), { budget: { watts: 1 } })
  t.match(reloader.status(), { error: null, loadedAt: /^20\d\d-/ })
})

t.test('a bad one does not: the last good one stays, and what was wrong is told', async t => {
  const { applied, log, reloader, write } = reloading({ budget: { watts: 2 } })
  write({ budget: { watts: -2 } })
  await reloader.reload()
  t.match(reloader.status().error, /budget\.watts: expected at least 0.01, found -2/)
  t.match(reloader.config(), { budget: { watts: 2 } })
  t.same(applied, [])

  write({ cascade: { scout: 'gone' } })
  await reloader.reload()
  t.equal(reloader.status().error, 'no such scout')
  t.match(log.lines.at(-1), {
    message: 'the configuration stays as it was',
    fields: { code: 'MODEL_MISSING' },
  })

  write({ budget: { watts: 3 } })
  await reloader.reload()
  t.match(reloader.status(), { error: null })
  t.match(reloader.config(), { budget: { watts: 3 } })
})

t.test('what only holds after a restart is named', async t => {
  const { reloader, write } = reloading()
  write({ server: { port: 9000 }, events: { journal: { maxEvents: 99 } }, budget: { watts: 1 } })
  await reloader.reload()
  t.same(reloader.status().needRestart, ['server', 'events.journal'])
  write({})
  await reloader.reload()
  t.same(reloader.status().needRestart, [])
})

t.test('what is in force is applied again on request, one after the other', async t => {
  const { applied, reapplied, reloader, write } = reloading()
  write({ budget: { watts: 1 } })
  await Promise.all([reloader.reload(), reloader.reapply()])
  t.match(applied, [{ budget: { watts: 1 } }])
  t.match(reapplied, [{ budget: { watts: 1 } }])
  t.same([applied.length, reapplied.length], [1, 1])
})

t.test('once closed, a change in hand is finished and no other begins', async t => {
  const { applied, reapplied, reloader, write } = reloading()
  write({ budget: { watts: 1 } })
  const inHand = reloader.reload()
  await new Promise(setImmediate)
  const closing = reloader.close()
  await Promise.all([inHand, closing, reloader.reload(), reloader.reapply()])
  t.match(applied, [{ budget: { watts: 1 } }])
  t.same([applied.length, reapplied.length], [1, 0])
})
