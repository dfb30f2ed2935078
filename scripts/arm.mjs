// The part of scripts/arm that asks and compares: node scripts/arm.mjs ROOT NODE DEB

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const MIN_IOU = 0.9
const MAX_SCORE_DIFFERENCE = 0.05
/** Below it, candidates are noise on both. */
const MIN_SCORE = 0.3
const PICTURES = [1, 3, 6]

const here = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const [root, node, deb] = process.argv.slice(2)
const photos = join(here, 'node_modules/@vladmandic/face-api/demo')
const home = mkdtempSync(join(tmpdir(), 'squint-arm-'))

/** Starts a service; what the three pictures show there, and how it ended. */
async function ask(command, args) {
  const began = Date.now()
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, HOME: home, STATE_DIRECTORY: home },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  let said = ''
  for await (const chunk of child.stdout) {
    said += chunk
    if (/serves \S+\n/.test(said)) break
  }
  const url = /serves (\S+)/.exec(said)?.[1]
  if (url === undefined) throw new Error(`${command} did not start: ${said}`)
  const startMs = Date.now() - began
  const pictures = {}
  for (const number of PICTURES) {
    const body = readFileSync(join(photos, `sample${number}.jpg`))
    const answer = await fetch(`${url}/api/detect?depth=expert&minScore=${MIN_SCORE}`, { method: 'POST', body })
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`)
    pictures[`sample${number}.jpg`] = (await answer.json()).detections
  }
  child.kill('SIGTERM')
  const [code] = await ended
  return { pictures, startMs, code }
}

function iou(a, b) {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  const shared = Math.max(0, width) * Math.max(0, height)
  return shared / (a.width * a.height + b.width * b.height - shared)
}

/** Each box of one side with the best of the same label on the other. */
function compare(ours, theirs) {
  const pairs = ours.map(one => {
    const others = theirs.filter(({ label }) => label === one.label)
    const overlaps = others.map(other => ({ other, iou: iou(one.box, other.box) })).sort((a, b) => b.iou - a.iou)
    const [best] = overlaps
    return { iou: best?.iou ?? 0, score: best ? Math.abs(best.other.score - one.score) : 1 }
  })
  return {
    boxesX64: theirs.length,
    boxesArm64: ours.length,
    worstIou: Math.min(1, ...pairs.map(pair => pair.iou)),
    worstScoreDifference: Math.max(0, ...pairs.map(pair => pair.score)),
  }
}

const squint = 'usr/lib/squint/build/src/cli.js'
const serve = ['serve', '--port', '0']
const x64 = await ask('node', [join(here, 'build/src/cli.js'), ...serve])
const arm = await ask('qemu-aarch64-static', ['-L', root, '-cpu', 'cortex-a76', node, join(root, squint), ...serve])
rmSync(home, { recursive: true })
writeFileSync("/tmp/h1-boxes.json", JSON.stringify({ x64, arm }, null, 1))

const rows = PICTURES.map(number => {
  const picture = `sample${number}.jpg`
  const found = compare(arm.pictures[picture], x64.pictures[picture])
  const same =
    found.boxesX64 > 0 &&
    found.boxesX64 === found.boxesArm64 &&
    found.worstIou >= MIN_IOU &&
    found.worstScoreDifference <= MAX_SCORE_DIFFERENCE
  return { picture, ...found, same }
})
const ok = rows.every(row => row.same) && arm.code === 0
mkdirSync(join(here, 'docs/trust'), { recursive: true })
writeFileSync(
  join(here, 'docs/trust/arm.json'),
  `${JSON.stringify({
    command: 'bash scripts/arm',
    machine: `${cpus()[0].model}, ${cpus().length} cores, qemu-user as a Cortex-A76, Node ${process.version}`,
    date: new Date().toISOString().slice(0, 10),
    package: deb,
    exitCode: arm.code,
    ok,
    rows,
  }, null, 2)}\n`,
)
process.stdout.write(`${JSON.stringify({ ok, startMs: arm.startMs, exitCode: arm.code, rows })}\n`)
process.exitCode = ok ? 0 : 1
