/**
 * The budget of one frame: where the service's processor time and memory go, stage by stage, for cameras that give JPEGs, raw pictures and
 * H.264, while everything moves and while nothing does. The service runs as its users run it, with one viewer of the results; each thread
 * is sampled (probe.mjs), and what the samples do not explain is told.
 *
 *     bash scripts/build && node scripts/bench/frame/main.mjs [--seconds 20] [--out FOLDER]
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { WebSocket } from 'ws'
import { drawingOf, tableOf } from './report.mjs'
import { bytesOf, COLLECTOR, NODE, STAGES, timesOf } from './stages.mjs'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')
const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '20' }, out: { type: 'string' } },
})
const FPS = 15
const SECONDS = 20
const WARM_UP_SECONDS = 8
const TICK_MS = 10
const THREADS = 2
const [WIDTH, HEIGHT] = [1280, 720]

const folder = mkdtempSync(join(tmpdir(), 'squint-frame-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** A photograph that the view pans over, or rests on. */
function record(name, moving, codec, seconds = SECONDS) {
  const photo = join(root, 'node_modules/@vladmandic/face-api/demo/sample6.jpg')
  const at = moving ? '(0.5-0.5*cos(t*PI/10))' : '0.3'
  const input = ['-loop', '1', '-framerate', `${FPS}`, '-i', photo, '-t', `${seconds}`]
  const picture = ['-vf', `crop=${WIDTH}:${HEIGHT}:'(iw-${WIDTH})*${at}':100,format=yuvj420p`]
  const path = join(folder, name)
  execFileSync('ffmpeg', ['-v', 'error', ...input, ...picture, ...codec, path])
  return path
}

/** About 47 kB a JPEG. */
const CODECS = {
  MJPEG: ['mjpeg', ['-q:v', '7', '-f', 'mjpeg']],
  YUV: ['nut', ['-c:v', 'rawvideo', '-f', 'nut']],
  'H.264': ['mp4', ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '30', '-bf', '0']],
}

/** Everything is looked at by both networks as often as it may; or the default. */
const EAGER = { readMs: 0, followMs: 0, retryMs: 0, expertMs: 0, strangerMs: 0 }

async function serve(kind, moving) {
  const [suffix, codec] = CODECS[kind]
  // raw films are large
  const input = record(`${kind}-${moving}.${suffix}`, moving, codec, kind === 'YUV' ? 4 : SECONDS)
  const camera = {
    id: 'street',
    type: 'ffmpeg',
    input,
    fps: FPS,
    loop: true,
    width: WIDTH,
    height: HEIGHT,
  }
  const config = join(folder, 'squint.yaml')
  const policy = moving ? EAGER : { refreshSeconds: 3600, readMs: 0 }
  const cascade = { policy, audit: { share: 0 } }
  writeFileSync(config, JSON.stringify({ log: { level: 'warn' }, cameras: [camera], cascade }))
  const probe = mkdtempSync(join(folder, 'probe-'))
  const service = spawn(
    'node',
    [
      ...['--import', pathToFileURL(join(root, 'scripts/bench/frame/probe.mjs')).href],
      ...[join(root, 'build/src/cli.js'), 'serve', '--config', config, '--port', '0'],
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        STATE_DIRECTORY: join(folder, 'state'),
        PROBE_AFTER: `${WARM_UP_SECONDS}`,
        PROBE_SECONDS: values.seconds,
        PROBE_FOLDER: probe,
      },
    },
  )
  let errors = ''
  const phase = async name => {
    while (!errors.includes(`probe: ${name}`)) errors += (await once(service.stderr, 'data'))[0]
  }
  const [line] = await once(service.stdout, 'data')
  const url = /http\S+/.exec(String(line))[0]
  return { service, url, probe, phase, errors: () => errors }
}

const statsOf = async url => {
  const { cameras } = await (await fetch(`${url}/api/stats`)).json()
  return cameras[0]
}

/** Milliseconds of processor time of the service's children. */
function childrenCpu(pid) {
  const ofOne = stat => {
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return Number(fields[1]) === pid ? (Number(fields[11]) + Number(fields[12])) * TICK_MS : 0
  }
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .reduce((sum, name) => {
      try {
        return sum + ofOne(readFileSync(`/proc/${name}/stat`, 'utf8'))
      } catch {
        // it has ended meanwhile
        return sum
      }
    }, 0)
}

async function measure(kind, moving) {
  const { service, url, probe, phase, errors } = await serve(kind, moving)
  const viewer = new WebSocket(`${url.replace('http', 'ws')}/api/ws`)
  await once(viewer, 'open')
  viewer.send(JSON.stringify({ type: 'subscribe', camera: 'street' }))
  const phases = []
  for (const name of ['alone', 'time', 'memory', 'done']) {
    await phase(name)
    phases.push({ ...(await statsOf(url)), children: childrenCpu(service.pid) })
  }
  // the inference thread began a little later
  while (readdirSync(probe).length < THREADS) await sleep(100)
  viewer.close()
  service.kill('SIGTERM')
  await once(service, 'exit')
  const threads = readdirSync(probe).map(name =>
    JSON.parse(readFileSync(join(probe, name), 'utf8')),
  )
  const complaints = errors().replace(/^probe: .*\n/gm, '')
  if (complaints !== '') throw new Error(`expected a quiet service, found ${complaints}`)
  return { phases, threads }
}

/** Milliseconds and kilobytes per frame, by stage. */
function costsOf({ phases: [alone, time, memory, done], threads }) {
  const frames = (a, b) => b.status.frames - a.status.frames
  const sum = (parts, per) => {
    const all = {}
    for (const part of parts) {
      for (const [stage, value] of Object.entries(part)) {
        all[stage] = (all[stage] ?? 0) + value / per
      }
    }
    return all
  }
  const children = (time.children - alone.children) / frames(alone, time)
  return {
    frames: frames(alone, time),
    process: threads[0].cpuMs / frames(alone, time),
    children,
    milliseconds: sum(
      threads.map(({ profile }) => timesOf(profile)),
      1000 * frames(time, memory),
    ),
    kilobytes: sum(
      threads.map(({ heap }) => bytesOf(heap)),
      1000 * frames(memory, done),
    ),
  }
}

const results = []
for (const kind of Object.keys(CODECS)) {
  for (const moving of [true, false]) {
    const costs = costsOf(await measure(kind, moving))
    results.push({ kind, scene: moving ? 'moving' : 'quiet', ...costs })
    process.stderr.write(`${kind}, ${moving ? 'moving' : 'quiet'}: ${costs.frames} frames\n`)
  }
}
const stages = [...STAGES.map(({ name }) => name), NODE, COLLECTOR]
const machine = `${cpus().length} x ${cpus()[0]?.model}, node ${process.version}`
const command = `node scripts/bench/frame/main.mjs ${process.argv.slice(2).join(' ')}`.trim()
const table = tableOf(results, stages)
process.stdout.write(`${machine}, \`${command}\`\n\n${table}`)
if (values.out !== undefined) {
  mkdirSync(values.out, { recursive: true })
  writeFileSync(
    join(values.out, 'frame.json'),
    `${JSON.stringify({ command, machine, results }, undefined, 1)}\n`,
  )
  writeFileSync(join(values.out, 'frame.svg'), drawingOf(results, stages))
}
