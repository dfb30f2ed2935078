/** A whole service in a process of its own, with three cameras, a broker, a receiver of webhooks and a small disk, each of which can be made to fail. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { packageRoot } from '../../src/lib/package.js'
import { statsSchema } from '../../src/outputs/http/schemas-stats.js'
import { startBroker } from '../../test/fixtures/broker.js'
import { pathWith } from '../../test/fixtures/camera.js'
import { type FakeTool, fakeTool } from '../../test/fixtures/fake-tools.js'
import { photoPath } from '../../test/fixtures/photos.js'
import type { Scope } from '../../test/fixtures/scope.js'

/** What the network camera does for whoever connects. */
export type NetMode = 'well' | 'silent' | 'gone' | 'garbage' | 'refuses'
/** What the receiver of webhooks does. */
export type HookMode = 'takes' | 'fails' | 'hangs'

export type Form = 'jpeg' | 'h264'

export interface Plant {
  readonly url: string
  readonly pid: number
  /** The tool of the camera `moody`. */
  readonly tool: FakeTool
  readonly form: Form
  /** `net`: a camera on the network, read by ffmpeg. */
  net(mode: NetMode): void
  hooks(mode: HookMode): void
  /** Webhooks that have arrived, of events of this camera. */
  hooked(camera: string): number
  readonly broker: Awaited<ReturnType<typeof startBroker>>
  /** Messages that the broker was sent about events of this camera. */
  published(camera: string): number
  /** The folder on a disk of its own; undefined where nothing may be mounted. */
  readonly disk: string | undefined
  clock(aheadMs: number): void
  stats(): Promise<Stats>
  /** Settles when the service has ended, with its exit code. */
  stop(): Promise<number | null>
}

export type Stats = ReturnType<typeof statsSchema.parse>

export interface PlantOptions {
  /** Whether this process may mount: it is root in a mount namespace of its own. */
  readonly mayMount: boolean
  readonly environment?: Readonly<Record<string, string>>
  /** What the camera `moody` gives: JPEGs by a CSI camera's tool, or H.264 by ffmpeg, which then has no place for `net`. */
  readonly form?: Form
}

const CLOCK = join(packageRoot, 'test/fixtures/set-clock.mjs')
const CLI = join(packageRoot, 'build/src/cli.js')

export async function startPlant(scope: Scope, options: PlantOptions): Promise<Plant> {
  const folder = scope.testdir()
  const at = (name: string) => join(folder, name)
  for (const name of ['disk', 'photos', 'tools']) mkdirSync(at(name))
  if (options.mayMount) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'none', at('disk')])
    scope.teardown(() => execFileSync('umount', ['-l', at('disk')]))
  }
  film(at('street.mjpeg'), ['-t', '60'])
  film(at('photos/whole-%02d.jpg'), ['-frames:v', '30'])
  film(at('photos/small-%02d.jpg'), ['-frames:v', '5', '-s', '640x360'])
  film(at('moody.flv'), ['-t', '20', '-c:v', 'libx264', '-preset', 'veryfast', '-g', '15'])
  const camera = await startNetCamera(scope, at('photos'))
  const receiver = await startReceiver(scope)
  const broker = await startBroker(scope)
  const listener = await broker.listen('squint/events')
  const { form = 'jpeg' } = options
  const isJpeg = form === 'jpeg'
  const tool = fakeTool(at('tools'), isJpeg ? 'rpicam-vid' : 'ffmpeg')
  const moody = isJpeg
    ? { type: 'libcamera', codec: 'mjpeg', width: 1280, height: 720, fps: 10 }
    : { type: 'ffmpeg', input: 'rtsp://10.0.0.7/live' }
  writeFileSync(at('clock'), '0')
  const config = {
    log: { level: 'warn' },
    cameras: [
      { id: 'street', type: 'replay', path: at('street.mjpeg'), fps: 15, loop: true },
      { id: 'moody', ...moody },
      ...(isJpeg ? [{ id: 'net', type: 'ffmpeg', input: camera.url }] : []),
    ],
    events: {
      labels: { person: { minSeconds: 0 } },
      ...{ endSeconds: 1, silentSeconds: 5, updateSeconds: 1 },
      journal: { maxMegabytes: 4, maxEvents: 500 },
    },
    mqtt: { url: broker.url, everySeconds: 1 },
    webhooks: [{ url: receiver.url, on: ['start', 'update', 'end'] }],
  }
  writeFileSync(at('squint.yaml'), JSON.stringify(config))
  const service = spawn(
    'node',
    ['--import', CLOCK, CLI, 'serve', '--config', at('squint.yaml'), '--port', '0'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        PATH: pathWith(at('tools')),
        STATE_DIRECTORY: join(at('disk'), 'state'),
        SQUINT_FAKE_PHOTOS: at('photos'),
        SQUINT_FAKE_FLV: at('moody.flv'),
        SQUINT_CLOCK: at('clock'),
        ...options.environment,
      },
    },
  )
  scope.teardown(() => service.kill('SIGKILL'))
  const [line] = await once(service.stdout, 'data')
  const [url = ''] = /http\S+/.exec(String(line)) ?? []
  const ofCamera = (camera: string) => (text: string) => JSON.parse(text).event.camera === camera
  return {
    url,
    pid: service.pid!,
    tool,
    form,
    net: camera.behave,
    hooks: receiver.behave,
    hooked: camera => receiver.cameras.filter(id => id === camera).length,
    broker,
    published: camera => listener.heard.filter(({ text }) => ofCamera(camera)(text)).length,
    disk: options.mayMount ? at('disk') : undefined,
    clock(aheadMs) {
      writeFileSync(at('clock'), `${aheadMs}`)
      service.kill('SIGUSR2')
    },
    stats: async () => statsSchema.parse(await (await fetch(`${url}/api/stats`)).json()),
    async stop() {
      const ended = once(service, 'exit')
      service.kill('SIGTERM')
      const [code] = await Promise.race([ended, sleep(15_000).then(() => [null])])
      return code
    },
  }
}

/** A photograph that the view pans over and rests on in turn. */
function film(path: string, more: readonly string[]): void {
  const pan = "crop=1280:720:'(iw-1280)*(0.5-0.5*cos(max(0,sin(t/6))*PI))':100"
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-loop', '1', '-framerate', '15', '-i', photoPath(6)],
    ...['-vf', pan, '-q:v', '4', ...more, path],
  ])
}

/** MJPEG over HTTP, as cheap cameras give it. */
async function startNetCamera(scope: Scope, photos: string) {
  const pictures = readdirSync(photos)
    .filter(name => name.startsWith('small'))
    .map(name => readFileSync(join(photos, name)))
  const watching = new Set<ServerResponse>()
  let mode: NetMode = 'well'
  let shown = 0
  const server = createServer((_, response) => {
    if (mode === 'refuses') {
      response.writeHead(503).end()
      return
    }
    response.writeHead(200, { 'Content-Type': 'multipart/x-mixed-replace;boundary=cut' })
    response.flushHeaders()
    watching.add(response)
    response.on('close', () => watching.delete(response))
  })
  const timer = setInterval(() => {
    if (mode === 'silent') return
    const picture = pictures[shown++ % pictures.length]!
    const head = `--cut\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`
    const part =
      mode === 'garbage'
        ? Buffer.alloc(20_000, shown)
        : Buffer.concat([Buffer.from(head), picture, Buffer.from('\r\n')])
    for (const response of watching) response.write(part)
  }, 200)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  scope.teardown(() => {
    clearInterval(timer)
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/live`,
    behave(now: NetMode) {
      mode = now
      if (mode === 'gone' || mode === 'refuses') for (const one of watching) one.destroy()
    },
  }
}

async function startReceiver(scope: Scope) {
  const cameras: string[] = []
  const held = new Set<ServerResponse>()
  let mode: HookMode = 'takes'
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    if (mode === 'fails') response.writeHead(500).end()
    else if (mode === 'hangs') held.add(response)
    else {
      cameras.push(JSON.parse(body).event.camera)
      response.end()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  scope.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hook`,
    cameras,
    behave(now: HookMode) {
      mode = now
      for (const response of held) response.destroy()
      held.clear()
    },
  }
}
