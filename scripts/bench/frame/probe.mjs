/**
 * Loaded into each thread of the service by main.mjs. PROBE_AFTER seconds after its start it leaves it alone for PROBE_SECONDS, samples where
 * its time goes for as long, and then where its memory goes; what was found lies in PROBE_FOLDER. The main thread says when each begins.
 */
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread, threadId } from 'node:worker_threads'

const MICROSECONDS = 500
const BYTES = 16_384
const { PROBE_AFTER, PROBE_SECONDS, PROBE_FOLDER } = process.env

const session = new Session()
session.connect()
const ask = (method, options) =>
  new Promise((resolve, reject) =>
    session.post(method, options, (error, answer) => (error ? reject(error) : resolve(answer))),
  )

const rest = () => sleep(PROBE_SECONDS * 1000, undefined, { ref: false })
const say = text => isMainThread && process.stderr.write(`probe: ${text}\n`)

async function probe() {
  await sleep(PROBE_AFTER * 1000, undefined, { ref: false })
  // a sampler takes time itself
  say('alone')
  const before = process.cpuUsage()
  await rest()
  const { user, system } = process.cpuUsage(before)
  say('time')
  await ask('Profiler.enable')
  await ask('Profiler.setSamplingInterval', { interval: MICROSECONDS })
  await ask('Profiler.start')
  await rest()
  const { profile } = await ask('Profiler.stop')
  say('memory')
  await ask('HeapProfiler.startSampling', {
    samplingInterval: BYTES,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  })
  await rest()
  const { profile: heap } = await ask('HeapProfiler.stopSampling')
  say('done')
  writeFileSync(
    join(PROBE_FOLDER, `${threadId}.json`),
    JSON.stringify({ profile, heap, cpuMs: (user + system) / 1000 }),
  )
}

void probe()
