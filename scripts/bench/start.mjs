// How long a start takes until the first detection, with networks as they were rewritten before and without, in turn.
//   bash scripts/build && node scripts/bench/start.mjs [RUNS] [FILE]
// FILE (docs/trust/start.json) keeps what was found. Exit code 1 if a first detection takes more than 3 s.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const squint = join(resolve(dirname(fileURLToPath(import.meta.url)), '../..'), 'build/src/cli.js')
const runs = Number(process.argv[2] ?? 7)
const file = process.argv[3]
/** To the first detection (issue 7). */
const MAX_MS = 3000
const folder = mkdtempSync(join(tmpdir(), 'squint-start-'))

/** Milliseconds to the address, and to what was seen in the first frame. */
async function start(state) {
  const begun = performance.now()
  const env = { ...process.env, STATE_DIRECTORY: state }
  const stdio = ['ignore', 'pipe', 'ignore']
  const child = spawn(process.execPath, [squint, 'serve', '--port', '0'], { env, stdio })
  for await (const line of createInterface(child.stdout)) {
    const [, url] = /serves (http\S+)/.exec(line) ?? []
    if (url === undefined) continue
    const served = performance.now() - begun
    const answer = await fetch(`${url}/api/cameras/demo/detections?waitMs=20000`)
    const { detections } = await answer.json()
    if (detections.length === 0) throw new Error('expected people in the first photograph')
    const seen = performance.now() - begun
    child.kill('SIGTERM')
    await once(child, 'exit')
    return { served, seen }
  }
  throw new Error('the service ended')
}

const say = line => process.stdout.write(`${line}\n`)
const times = { first: [], again: [] }
try {
  await start(join(folder, 'kept'))
  for (let run = 0; run < runs; run++) {
    times.first.push(await start(join(folder, `new-${run}`)))
    times.again.push(await start(join(folder, 'kept')))
  }
} finally {
  rmSync(folder, { recursive: true })
}

function told(numbers) {
  const sorted = numbers.map(Math.round).sort((a, b) => a - b)
  return { median: sorted[sorted.length >> 1], least: sorted[0], most: sorted.at(-1) }
}

const STARTS = { first: 'the first one', again: 'with networks as rewritten before' }
const rows = Object.entries(times).map(([name, all]) => ({
  start: STARTS[name],
  servesMs: told(all.map(one => one.served)),
  seenMs: told(all.map(one => one.seen)),
}))
const machine = `${cpus().length} x ${cpus()[0].model.trim()}, Node ${process.versions.node}`
say(`${machine}, ${runs} runs in turn`)
say('milliseconds, median (range)       serves               first detection')
const shown = ({ median, least, most }) => `${median} (${least}-${most})`
for (const { start, servesMs, seenMs } of rows)
  say(`${start.padEnd(35)}${shown(servesMs).padEnd(21)}${shown(seenMs)}`)
if (file !== undefined) {
  const command = `node scripts/bench/start.mjs ${runs} ${file}`
  const date = new Date().toISOString().slice(0, 10)
  writeFileSync(file, `${JSON.stringify({ command, machine, date, rows }, undefined, 2)}\n`)
}
if (rows.some(({ seenMs }) => seenMs.median > MAX_MS)) process.exitCode = 1
