/**
 * What must hold whatever comes in, tried with made-up inputs: always the same ones here, others with `scripts/fuzz`, which writes
 * docs/trust/fuzz.json.
 */
import t from 'tap'
import { createLive } from '../../src/outputs/live.js'
import { createHub } from '../../src/outputs/ws/hub.js'
import { eventStreamFuzz } from '../fixtures/hostile/event-stream.js'
import type { Fuzz } from '../fixtures/hostile/fuzz.js'
import { answerFuzz, commandFuzz, messageFuzz, requestFuzz } from '../fixtures/hostile/network.js'
import { keepRows } from '../fixtures/hostile/rows.js'
import { settingsFuzz } from '../fixtures/hostile/settings.js'
import { streamsFuzz } from '../fixtures/hostile/streams.js'
import { pushCamera } from '../fixtures/push-camera.js'
import { startApp } from '../fixtures/services.js'
import { tinyYuv } from '../fixtures/yuv.js'

/** All together; 0: as often as each is tried in the suite. */
const SECONDS = Number(process.env.SQUINT_FUZZ_SECONDS ?? 0)

const { app, errors, camera } = await startApp(t, {
  stats: () => Object(null),
  history: () => Object(null),
})
await new Promise(setImmediate)
camera.push(tinyYuv())

const porch = pushCamera()
const stopping = new AbortController()
t.teardown(async () => {
  stopping.abort()
  await porch.close()
})
const hub = createHub({
  version: '1.2.3',
  cameras: new Map([['porch', porch]]),
  live: createLive({ encode: async picture => picture.data, onError() {} }),
  signal: stopping.signal,
})

const all: readonly Fuzz[] = [
  ...settingsFuzz(),
  ...streamsFuzz(),
  requestFuzz(app, errors),
  messageFuzz(hub),
  await commandFuzz(),
  eventStreamFuzz(),
  ...answerFuzz(),
]

const rows: object[] = []
for (const { name, runs, check } of all) {
  t.test(name, { timeout: 60_000 + SECONDS * 1000 }, async t => {
    const ms = (SECONDS * 1000) / all.length
    const { failure, ...found } = await check(
      SECONDS === 0
        ? { numRuns: runs, seed: 7 }
        : { numRuns: 1e9, interruptAfterTimeLimit: ms, markInterruptAsFailure: false },
    )
    t.equal(failure, undefined)
    t.ok(found.tried >= (SECONDS === 0 ? runs : 1), `${found.tried} inputs`)
    rows.push({ property: name, ...found, failures: failure === undefined ? 0 : 1 })
  })
}

// a short run, as one of all tests is, proves less than is told there
if (SECONDS > 0) {
  t.test('the counts are kept', async () => {
    if (t.passing()) keepRows('fuzz', `scripts/fuzz ${SECONDS}`, rows)
  })
}
