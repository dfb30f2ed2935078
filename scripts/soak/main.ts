/**
 * A service with viewers, slow clients, a broker and a small disk, to which something bad happens every 20 seconds; then a verdict, and
 * exit code 1 if it is not fine.
 *
 *     bash scripts/soak/run [--minutes N | --hours N] [--seed N] [--out FILE] [--calm]
 *
 * `--calm`: nothing bad happens; what is left is the slope of memory.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createRandom } from '../../src/lib/random.js'
import { openScope } from '../../test/fixtures/scope.js'
import { createAudience } from './audience.js'
import { faultsOf } from './faults.js'
import { type Sample, sample } from './meter.js'
import { startPlant } from './plant.js'
import { type Suffered, suffer } from './recovery.js'
import { judge, table } from './verdict.js'

const EVERY_SECONDS = 20
const HOLD_MS = 6000
const SAMPLE_SECONDS = 5

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '15' },
    hours: { type: 'string' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
    calm: { type: 'boolean', default: false },
  },
})
const minutes = values.hours === undefined ? Number(values.minutes) : 60 * Number(values.hours)
if (!(minutes > 0)) throw new Error('--minutes: expected a number above 0')
// a quarter of it: the heap finds its size, rings of statistics fill
const warmUpSeconds = Math.min(1800, minutes * 15)
/** As many as a picture can show. */
const thinned = (samples: readonly Sample[]) => {
  const every = Math.ceil(samples.length / 160)
  return samples.filter((_, at) => at % every === 0)
}
const say = (text: string) => process.stdout.write(`${text}\n`)

const scope = openScope()
try {
  const plant = await startPlant(scope, { mayMount: process.env.SQUINT_MAY_MOUNT === '1' })
  const audience = createAudience(plant.url, ['street', 'moody', 'net'])
  const random = createRandom(Number(values.seed))
  const from = performance.now()
  const seconds = () => (performance.now() - from) / 1000
  const samples: Sample[] = []
  const suffered: Suffered[] = []
  const over = new AbortController()

  const sampling = (async () => {
    for (let due = SAMPLE_SECONDS; !over.signal.aborted; due += SAMPLE_SECONDS) {
      await sleep(Math.max(0, due - seconds()) * 1000)
      samples.push(await sample(plant, seconds()))
    }
  })()

  await sleep(Math.min(20, warmUpSeconds) * 1000)
  // each once in an order that chance gives, then anew
  let waiting = values.calm ? [] : [...faultsOf(plant, audience)]
  // each may need memory of its own once
  let memoryFrom = values.calm ? warmUpSeconds : Number.POSITIVE_INFINITY
  while (seconds() < minutes * 60) {
    const began = seconds()
    if (waiting.length === 0 && !values.calm) {
      waiting = [...faultsOf(plant, audience)]
      memoryFrom = Math.min(memoryFrom, began)
    }
    const [fault] = waiting.splice(Math.floor(random() * waiting.length), 1)
    if (fault !== undefined) {
      const cost = await suffer(plant, audience, fault, HOLD_MS)
      suffered.push(cost)
      const slowest = Math.max(...Object.values(cost.recoveredMs))
      const missing = cost.missing.length > 0 ? `, NOT ${cost.missing.join(', ')}` : ''
      const { rssMegabytes = 0 } = samples.at(-1) ?? {}
      say(
        `${began.toFixed(0).padStart(6)} s  ${fault.name}: well after ${(slowest / 1000).toFixed(1)} s${missing}; ` +
          `street waited ${cost.bystanderMs} ms, HTTP ${cost.httpMs} ms, ${rssMegabytes.toFixed(0)} MB`,
      )
    }
    await sleep(Math.max(0, began + EVERY_SECONDS - seconds()) * 1000)
  }
  const took = seconds()
  over.abort()
  await sampling
  const last = await plant.stats()
  const streetFps = (audience.eyes.get('street ws')?.seen() ?? 0) / took
  audience.close()
  const checks = judge({
    ...{ samples, warmUpSeconds, memoryFrom, suffered, last, streetFps },
    exitCode: await plant.stop(),
  })
  const machine = `${cpus().length} x ${cpus()[0]?.model}, node ${process.version}`
  say(
    `\n${machine}, ${(took / 60).toFixed(1)} minutes, ${suffered.length} faults, seed ${values.seed}`,
  )
  process.stdout.write(table(checks))
  if (values.out !== undefined) {
    const flags = process.argv.slice(2).join(' ')
    const written = {
      command: `bash scripts/soak/run ${flags}`,
      machine,
      date: new Date().toISOString(),
      minutes: took / 60,
      rows: checks,
      faults: suffered,
      /** Second, and megabytes. */
      memory: thinned(samples).map(({ second, rssMegabytes }) => [
        Math.round(second),
        Math.round(rssMegabytes * 10) / 10,
      ]),
    }
    mkdirSync(dirname(values.out), { recursive: true })
    const text = JSON.stringify(written, undefined, 1)
    // a pair in one line
    writeFileSync(values.out, `${text.replace(/\[\s+([\d.]+),\s+([\d.]+)\s+\]/g, '[$1, $2]')}\n`)
  }
  process.exitCode = checks.every(({ fine }) => fine) ? 0 : 1
} finally {
  await scope.end()
}
// clients that never read keep their sockets
process.exit()
