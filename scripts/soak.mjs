// One 720p MJPEG camera at 15 frames/s with two live viewers, for ten minutes (or MINUTES): does anything grow, lag or get lost uncounted?
//   bash scripts/build && node scripts/soak.mjs [MINUTES]
// Exit code 1 if memory grows after warm-up, if the event loop lags, or if frames are missing from the account.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'

const MINUTES = Number(process.argv[2] ?? 10)
const WARM_UP_MINUTES = Math.min(2, MINUTES / 4)
const SAMPLE_SECONDS = 5
/** Megabytes that resident memory may have grown by from the warm-up's end to the run's, by the fitted line. */
const MAX_GROWTH_MB = 8
const MAX_LAG_P99_MS = 20

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const folder = mkdtempSync(join(tmpdir(), 'squint-soak-'))
const clip = join(folder, 'street.mjpeg')
const photos = join(root, 'node_modules/@vladmandic/face-api/demo')

// a minute of 720p: a photograph that the view pans over and rests on in turn
execFileSync('ffmpeg', [
  ...[
    '-v',
    'error',
    '-loop',
    '1',
    '-framerate',
    '15',
    '-i',
    join(photos, 'sample6.jpg'),
    '-t',
    '60',
  ],
  ...[
    '-vf',
    "crop=1280:720:'(iw-1280)*(0.5-0.5*cos(max(0,sin(t/6))*PI))':100",
    '-q:v',
    '4',
    '-f',
    'mjpeg',
    clip,
  ],
])
const config = join(folder, 'squint.yaml')
const camera = { id: 'street', type: 'replay', path: clip, fps: 15, loop: true }
writeFileSync(config, JSON.stringify({ log: { level: 'warn' }, cameras: [camera] }))

const service = spawn(
  'node',
  [join(root, 'build/src/cli.js'), 'serve', '--config', config, '--port', '0'],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
  },
)
const [line] = await once(service.stdout, 'data')
const url = String(line).match(/http\S+/)[0]
const seen = watch(url)

const samples = []
for (let second = 0; second < MINUTES * 60; second += SAMPLE_SECONDS) {
  await sleep(SAMPLE_SECONDS * 1000)
  const stats = await (await fetch(`${url}/api/stats`)).json()
  const [{ status, analysed, stale, failed }] = stats.cameras
  const { rssBytes, eventLoopLagMs, live, clients, queue } = stats.runtime
  samples.push({ second, rss: rssBytes / 2 ** 20, lag: eventLoopLagMs.p99 })
  if (second % 60 < SAMPLE_SECONDS) {
    const drops = `dropped ${status.dropped} stale ${stale} failed ${failed} live ${live.dropped} ws ${clients.dropped} refused ${queue.refused}`
    process.stdout.write(
      `${String(second).padStart(4)} s  rss ${(rssBytes / 2 ** 20).toFixed(0)} MB  lag p99 ${eventLoopLagMs.p99.toFixed(1)} ms  ` +
        `frames ${status.frames} analysed ${analysed}  ${drops}  viewers saw ${seen.ws} and ${seen.mjpeg}\n`,
    )
  }
}
const last = await (await fetch(`${url}/api/stats`)).json()
service.kill('SIGTERM')
await once(service, 'exit')
rmSync(folder, { recursive: true })
process.exitCode = verdict(samples, last)

/** Two viewers, one of each kind, that only count. */
function watch(url) {
  const seen = { ws: 0, mjpeg: 0 }
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/ws`)
  socket.on('open', () => socket.send('{"type":"subscribe","camera":"street","video":true}'))
  socket.on('message', (_, binary) => {
    if (!binary) return
    seen.ws++
    socket.send('{"type":"credit","camera":"street","frames":1}')
  })
  socket.on('error', () => {})
  fetch(`${url}/api/cameras/street/stream.mjpeg`)
    .then(async ({ body }) => {
      for await (const chunk of body)
        if (Buffer.from(chunk).includes('--squint-frame')) seen.mjpeg++
    })
    .catch(() => {})
  return seen
}

function verdict(samples, last) {
  const after = samples.filter(({ second }) => second >= WARM_UP_MINUTES * 60)
  const growth =
    slope(after.map(({ second, rss }) => [second, rss])) * (MINUTES - WARM_UP_MINUTES) * 60
  const lag = after.map(sample => sample.lag).sort((a, b) => a - b)
  const worst = lag.at(-1)
  const [{ status, analysed, stale, failed, latencyMs }] = last.cameras
  // one may be in the mailbox and one in the thread
  const unaccounted = status.frames - analysed - stale - failed - status.dropped
  const fine =
    growth <= MAX_GROWTH_MB && worst < MAX_LAG_P99_MS && unaccounted >= 0 && unaccounted <= 2
  process.stdout.write(
    [
      `${cpus()[0].model}, node ${process.version}, ${MINUTES} minutes, the first ${WARM_UP_MINUTES} are warm-up`,
      `memory: ${after[0].rss.toFixed(0)} -> ${after.at(-1).rss.toFixed(0)} MB, fitted growth ${growth.toFixed(1)} MB (limit ${MAX_GROWTH_MB})`,
      `event loop lag p99 of each minute: median ${lag[lag.length >> 1].toFixed(1)} ms, worst ${worst.toFixed(1)} ms (limit ${MAX_LAG_P99_MS})`,
      `frames: ${status.frames} in, ${analysed} analysed, ${status.dropped} dropped, ${stale} stale, ${failed} failed, ${unaccounted} under way`,
      `latency p50/p95: total ${latencyMs.total.p50.toFixed(1)}/${latencyMs.total.p95.toFixed(1)} ms`,
      fine ? 'fine' : 'NOT FINE',
      '',
    ].join('\n'),
  )
  return fine ? 0 : 1
}

/** Least squares. */
function slope(points) {
  const mean = at => points.reduce((sum, point) => sum + point[at], 0) / points.length
  const [x, y] = [mean(0), mean(1)]
  const over = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0)
  return over / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0)
}
