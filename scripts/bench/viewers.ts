/**
 * What viewers of one 720p camera at 15 frames per second cost the service, and what each of them sees: 0 to 20 of them, 20 of which one
 * has a line of 200 kB/s, and 5 beside 50 that never read. Once with a camera that gives JPEGs and once with one that gives raw pictures.
 *
 *     bash scripts/build && npx tsx scripts/bench/viewers.ts [SECONDS [ROUNDS [FILE.json [KIND or CROWD...]]]]
 *
 * Viewers run in a process of their own (`viewers-crowd.ts`). The slow line's kernel buffers are left as they are, as in real
 * routers: so the service's socket does not notice that the line is slow. Age: arrival less capture, on this machine's one clock.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../../src/lib/package.js'
import { statsSchema } from '../../src/outputs/http/schemas-stats.js'
import type { Crowd, Seen } from './viewers-crowd.js'

const TICK_MS = 10
const WARM_UP_SECONDS = 4

const KINDS = ['jpeg', 'raw'] as const
const CROWDS: readonly Crowd[] = [
  { name: '0', viewers: 0, slow: 0, deaf: 0 },
  { name: '1', viewers: 1, slow: 0, deaf: 0 },
  { name: '5', viewers: 5, slow: 0, deaf: 0 },
  { name: '10', viewers: 10, slow: 0, deaf: 0 },
  { name: '20', viewers: 20, slow: 0, deaf: 0 },
  { name: '19+slow', viewers: 19, slow: 1, deaf: 0 },
  { name: '5+50deaf', viewers: 5, slow: 0, deaf: 50 },
]

interface Row {
  readonly kind: (typeof KINDS)[number]
  readonly crowd: string
  readonly round: number
  /** Share of a core. */
  readonly cpu: number
  readonly encodesPerSecond: number
  readonly cameraFps: number
  readonly dropped: number
  readonly rssMegabytes: number
  /** Change of resident memory while it was measured. */
  readonly rssGrowth: number
  readonly load: number
  readonly seen: readonly Seen[]
}

const [seconds = '10', rounds = '2', file, ...chosen] = process.argv.slice(2)
const some = <T>(all: readonly T[], name: (one: T) => string): readonly T[] => {
  const named = all.filter(one => chosen.includes(name(one)))
  return named.length > 0 ? named : all
}
const kinds = some(KINDS, kind => kind)
const crowds = some(CROWDS, ({ name }) => name)
const folder = mkdtempSync(join(tmpdir(), 'squint-viewers-'))
const rows: Row[] = []

/** A photograph that the view pans over: about 105 kB a frame. */
function record(name: string, codec: readonly string[]): string {
  const photo = join(packageRoot, 'node_modules/@vladmandic/face-api/demo/sample6.jpg')
  const pan = "crop=1280:720:'(iw-1280)*(0.5-0.5*cos(t*PI/10))':100"
  const input = ['-loop', '1', '-framerate', '15', '-i', photo, '-t', '20', '-vf', pan]
  const path = join(folder, name)
  execFileSync('ffmpeg', ['-v', 'error', ...input, ...codec, path])
  return path
}

const clips = {
  jpeg: record('pan.mjpeg', ['-q:v', '4', '-f', 'mjpeg']),
  raw: record('pan.mkv', ['-c:v', 'mpeg4', '-q:v', '3']),
}

async function serve(kind: (typeof KINDS)[number]) {
  const config = join(folder, `${kind}.yaml`)
  const camera = { id: 'street', type: 'ffmpeg', input: clips[kind], fps: 15, loop: true }
  writeFileSync(config, JSON.stringify({ log: { level: 'warn' }, cameras: [camera] }))
  const args = [join(packageRoot, 'build/src/cli.js'), 'serve', '--config', config, '--port', '0']
  const child = spawn('node', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout, 'data')
  const [url] = /http\S+/.exec(String(line)) ?? []
  if (url === undefined) throw new Error(`expected the service's address, found ${line}`)
  return { child, url, pid: Number(child.pid) }
}

/** Milliseconds of processor time of the process, its children not counted. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

async function statsOf(url: string) {
  const answer = await fetch(`${url}/api/stats`)
  const { cameras, runtime } = statsSchema.parse(await answer.json())
  const { live, clients, rssBytes } = runtime
  return {
    frames: cameras[0]?.status.frames ?? 0,
    encoded: live.encoded,
    dropped: live.dropped + clients.dropped,
    rss: rssBytes / 2 ** 20,
    at: performance.now(),
  }
}

async function measure(
  { url, pid }: { url: string; pid: number },
  kind: Row['kind'],
  crowd: Crowd,
  round: number,
): Promise<Row> {
  const child = spawn(join(packageRoot, 'node_modules/.bin/tsx'), [
    join(packageRoot, 'scripts/bench/viewers-crowd.ts'),
    ...[url, JSON.stringify(crowd), `${WARM_UP_SECONDS}`, seconds],
  ])
  child.stderr.pipe(process.stderr)
  // it says when it has warmed up, and then what it has seen
  let said = ''
  const lines = child.stdout[Symbol.asyncIterator]()
  while (!said.includes('warm\n')) said += (await lines.next()).value
  const before = { ...(await statsOf(url)), cpu: cpuOf(pid) }
  while (!said.includes('done\n')) said += (await lines.next()).value
  const after = { ...(await statsOf(url)), cpu: cpuOf(pid) }
  while (!said.includes(']\n')) said += (await lines.next()).value
  const elapsed = (after.at - before.at) / 1000
  return {
    ...{ kind, crowd: crowd.name, round },
    cpu: (after.cpu - before.cpu) / elapsed / 1000,
    encodesPerSecond: (after.encoded - before.encoded) / elapsed,
    cameraFps: (after.frames - before.frames) / elapsed,
    dropped: after.dropped - before.dropped,
    rssMegabytes: after.rss,
    rssGrowth: after.rss - before.rss,
    load: loadavg()[0] ?? 0,
    seen: JSON.parse(said.slice(said.indexOf('['))),
  }
}

function quantile(values: readonly number[], q: number): number {
  return (
    [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ??
    0
  )
}

function line(row: Row): string {
  const tell = (who: string, seen: readonly Seen[]): string => {
    if (seen.length === 0) return ''
    const ages = seen.flatMap(one => one.agesMs)
    const fps = seen.map(one => one.fps)
    const [p50, p95, max] = [0.5, 0.95, 1].map(q => quantile(ages, q).toFixed(0))
    const kilobytes = quantile(
      seen.flatMap(one => one.kilobytes),
      0.5,
    ).toFixed(0)
    const rate = `${Math.min(...fps).toFixed(2)}..${Math.max(...fps).toFixed(2)} fps`
    return `  ${who}: ${rate}, age ${p50}/${p95}/${max} ms, ${kilobytes} kB`
  }
  const quick = row.seen.filter(one => !one.slow)
  const slow = row.seen.filter(one => one.slow)
  return (
    `${row.kind.padEnd(5)} ${row.crowd.padEnd(9)} cpu ${(row.cpu * 100).toFixed(1).padStart(5)} %  camera ${row.cameraFps.toFixed(2)} fps  ` +
    `encodes ${row.encodesPerSecond.toFixed(1)}/s  drops ${row.dropped}  rss ${row.rssMegabytes.toFixed(0)} MB (${row.rssGrowth.toFixed(1)})  ` +
    `load ${row.load.toFixed(1)}${tell('viewers', quick)}${tell('slow', slow)}\n`
  )
}

for (const kind of kinds) {
  const service = await serve(kind)
  for (let round = 0; round < Number(rounds); round++) {
    // there and back again, so that what drifts with time does not look like what grows with viewers
    for (const crowd of round % 2 === 0 ? crowds : [...crowds].reverse()) {
      const row = await measure(service, kind, crowd, round)
      rows.push(row)
      process.stdout.write(line(row))
    }
  }
  service.child.kill('SIGTERM')
  await once(service.child, 'exit')
}
rmSync(folder, { recursive: true })
if (file !== undefined) writeFileSync(file, `${JSON.stringify(rows, null, 1)}\n`)
