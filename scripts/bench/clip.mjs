// What the cascade does with a clip, in real time, against the expert on every frame.
//   bash scripts/build && node scripts/bench/clip.mjs CLIP [LABEL]        (LABEL: the class to look for; default person)
// Truth is the expert's own word: a frame holds the label if the expert sees it there at its reporting threshold. A frame is
// idle if nothing moves: no 8 x 8 block of its 160 x 96 luma differs by more than 2.5 grey levels from the frame before.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const squint = join(root, 'build/src/cli.js')
const [clip, label = 'person'] = process.argv.slice(2)
if (clip === undefined) throw new Error('usage: node scripts/bench/clip.mjs CLIP [LABEL]')
const folder = mkdtempSync(join(tmpdir(), 'squint-clip-'))
const say = text => process.stderr.write(`${text}\n`)

try {
  const { results, cpuSeconds } = await cascadeInRealTime()
  const truth = expertOnEveryFrame()
  process.stdout.write(report(results, truth, framesThatMove(), cpuSeconds))
} finally {
  rmSync(folder, { recursive: true })
}

/** Serves the clip once, at its own speed, and takes down every result. */
async function cascadeInRealTime() {
  const config = join(folder, 'squint.yaml')
  const camera = { id: 'clip', type: 'ffmpeg', input: resolve(clip), realtime: true }
  writeFileSync(config, JSON.stringify({ log: { level: 'warn' }, cameras: [camera] }))
  const service = spawn('node', [squint, 'serve', '--config', config, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(service.stdout, 'data')
  const socket = new WebSocket(
    `${String(line)
      .match(/http\S+/)[0]
      .replace('http', 'ws')}/api/ws`,
  )
  const results = []
  await once(socket, 'open')
  socket.send('{"type":"subscribe","camera":"clip"}')
  await new Promise(done => {
    socket.on('message', data => {
      const message = JSON.parse(String(data))
      if (message.type === 'result') results.push(message.result)
      if (results.length % 100 === 1 && message.type === 'result') say(`${results.length} results`)
      if (message.type === 'camera' && message.status.state === 'ended') done()
    })
  })
  const stats = await (
    await fetch(`${socket.url.replace('ws', 'http').replace('/api/ws', '')}/metrics`)
  ).text()
  const cpuSeconds = Number(/^process_cpu_seconds_total (\S+)/m.exec(stats)[1])
  service.kill('SIGTERM')
  await once(service, 'exit')
  return { results, cpuSeconds }
}

/** What the expert sees in each frame, by frame number from 1. */
function expertOnEveryFrame() {
  say('the expert on every frame')
  execFileSync('ffmpeg', ['-v', 'error', '-i', clip, '-q:v', '2', join(folder, '%06d.jpg')])
  const files = readdirSync(folder).filter(name => name.endsWith('.jpg'))
  const json = execFileSync('node', [squint, 'detect', ...files, '--json', '--min-score', '0.3'], {
    cwd: folder,
    maxBuffer: 1 << 28,
  })
  const truth = new Map()
  for (const { file, detections, timingsMs } of JSON.parse(json)) {
    truth.set(Number.parseInt(file, 10), {
      ms: timingsMs.total,
      seen: detections.some(d => d.label === label),
    })
  }
  return truth
}

/** Numbers, from 1, of the frames in which something moves. */
function framesThatMove() {
  const [width, height, block] = [160, 96, 8]
  const filter = `scale=${width}:${height}:flags=area,format=gray`
  const luma = execFileSync(
    'ffmpeg',
    ['-v', 'error', '-i', clip, '-vf', filter, '-f', 'rawvideo', '-'],
    {
      maxBuffer: 1 << 30,
    },
  )
  const moving = new Set([1])
  const cells = width * height
  for (let frame = 1; frame < luma.length / cells; frame++) {
    const sums = new Float64Array((width / block) * (height / block))
    for (let cell = 0; cell < cells; cell++) {
      const here = frame * cells + cell
      const at =
        Math.floor(cell / width / block) * (width / block) + Math.floor((cell % width) / block)
      sums[at] += Math.abs(luma[here] - luma[here - cells])
    }
    if (sums.some(sum => sum / block ** 2 > 2.5)) moving.add(frame + 1)
  }
  return moving
}

function report(results, truth, moving, cpuSeconds) {
  const median = numbers => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)]
  const percent = (part, whole) => `${part} of ${whole} (${((100 * part) / whole).toFixed(1)} %)`
  const known = results.map(result => ({
    ...result,
    truth: truth.get(result.frame.id)?.seen ?? false,
  }))
  const sees = result => result.detections.some(detection => detection.label === label)
  const idle = known.filter(result => !moving.has(result.frame.id))
  const without = known.filter(result => !result.truth)
  const busy = known.filter(result => result.truth)
  const exits = {}
  for (const { exit } of known) {
    const key = `${exit.stage}/${exit.reason}`
    exits[key] = (exits[key] ?? 0) + 1
  }
  const work = known.map(
    ({ timingsMs: { decode, gate, scout, expert } }) => decode + gate + scout + expert,
  )
  const mean = work.reduce((sum, ms) => sum + ms, 0) / work.length
  const expertMs = [...truth.values()].map(({ ms }) => ms)
  const expertMean = expertMs.reduce((sum, ms) => sum + ms, 0) / expertMs.length
  const visits = visitsOf(truth)
  const found = visits.filter(([from, to]) =>
    known.some(r => r.frame.id >= from && r.frame.id <= to && sees(r)),
  )
  return [
    `${clip}, looking for ${label}; ${cpus()[0].model}, node ${process.version}`,
    `frames analysed: ${percent(known.length, truth.size)}`,
    `exits: ${Object.entries(exits)
      .map(([key, frames]) => `${key} ${frames}`)
      .join(', ')}`,
    `idle frames that ended at the gate: ${percent(idle.filter(r => r.exit.stage === 'gate').length, idle.length)}`,
    `frames without a ${label} that reported one: ${percent(without.filter(sees).length, without.length)}`,
    `frames with a ${label} in view that reported one: ${percent(busy.filter(sees).length, busy.length)}`,
    `visits of a second or more that were noticed: ${percent(found.length, visits.length)}`,
    `work per frame: mean ${mean.toFixed(1)} ms, median ${median(work).toFixed(1)} ms; the expert on every frame: ${expertMean.toFixed(1)} ms`,
    `age of a result: median ${median(known.map(r => r.timingsMs.total)).toFixed(1)} ms`,
    `CPU of the whole service: ${((1000 * cpuSeconds) / known.length).toFixed(1)} ms per frame`,
    '',
  ].join('\n')
}

/** Stretches of ten frames or more with the label in view; gaps of up to five frames are the expert's blinking. */
function visitsOf(truth) {
  const visits = []
  for (const frame of [...truth.keys()].sort((a, b) => a - b)) {
    if (!truth.get(frame).seen) continue
    const last = visits.at(-1)
    if (last !== undefined && frame - last[1] <= 6) last[1] = frame
    else visits.push([frame, frame])
  }
  return visits.filter(([from, to]) => to - from >= 10)
}
