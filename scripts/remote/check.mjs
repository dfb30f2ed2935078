// Does an expert behind a real server see exactly what the same expert sees here, and what does asking it cost?
//   bash scripts/build && node scripts/remote/check.mjs URL NAME
// Exit code 1 if one box differs or one picture was not looked at by the server.

import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { samplePhotos } from '../../build/src/camera/demo.js'
import { startCascade } from '../../build/src/cascade/cascade.js'
import { cascadeSchema } from '../../build/src/cascade/config.js'

const [remote, model] = process.argv.slice(2)
const ROUNDS = 20
const QUESTION = { depth: 'expert', minScore: 0.02 }

const photos = samplePhotos().map(path => readFileSync(path))
const local = await startCascade(cascadeSchema.parse({}))
const shared = await startCascade(
  cascadeSchema.parse({ expert: { remote, model, timeoutMs: 3000 } }),
)
for (let tries = 0; shared.remote().state !== 'closed'; tries++) {
  if (tries === 100) throw new Error(`not asked: ${JSON.stringify(shared.remote())}`)
  // a look when it is due tries the server again
  await shared.detect(photos[0], QUESTION)
  await sleep(100)
}

let wrong = 0
const spent = { here: [], work: [], wait: [] }
for (let round = 0; round < ROUNDS; round++) {
  for (const photo of photos) {
    const here = await local.detect(photo, QUESTION)
    const there = await shared.detect(photo, QUESTION)
    const same = JSON.stringify(here.detections) === JSON.stringify(there.detections)
    if (!same || there.exit.expert !== 'remote') wrong++
    spent.here.push(here.timingsMs.expert)
    spent.work.push(there.timingsMs.expert)
    spent.wait.push(there.timingsMs.remote)
  }
}
await local.close()
await shared.close()

const told = values => {
  const sorted = values.toSorted((a, b) => a - b)
  const at = share => sorted[Math.floor(share * (sorted.length - 1))].toFixed(2)
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`
}
const pictures = ROUNDS * photos.length
process.stdout.write(
  [
    `${pictures} pictures, ${wrong} that differ or that the server did not look at`,
    `expert here: ${told(spent.here)}`,
    `expert there: work here ${told(spent.work)}; waited ${told(spent.wait)}`,
    JSON.stringify(shared.remote()),
    '',
  ].join('\n'),
)
process.exitCode = wrong > 0 ? 1 : 0
