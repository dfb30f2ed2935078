/**
 * Viewers for `viewers.ts`, which starts this: so that what they cost is not counted as the service's.
 *
 *     npx tsx scripts/bench/viewers-crowd.ts URL CROWD WARM_UP_SECONDS SECONDS
 */
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { SquintClient } from '../../src/outputs/client/squint-client.js'
import { slowLine } from '../../test/fixtures/slow-line.js'

/** Of the slow line. */
const BYTES_PER_SECOND = 200_000

export interface Crowd {
  readonly name: string
  readonly viewers: number
  /** Behind a slow line of their own each. */
  readonly slow: number
  /** Subscribe and never read. */
  readonly deaf: number
}

/** By one viewer. */
export interface Seen {
  readonly slow: boolean
  readonly fps: number
  readonly agesMs: readonly number[]
  readonly kilobytes: readonly number[]
}

const CAMERA = 'street'
const [url = '', crowdText = '{}', warmUpSeconds = '', seconds = ''] = process.argv.slice(2)
const crowd: Crowd = JSON.parse(crowdText)

function view(address: string, slow: boolean) {
  const agesMs: number[] = []
  const kilobytes: number[] = []
  const client = new SquintClient({ url: address, WebSocket })
  client.subscribe(CAMERA, { video: true })
  client.on('frame', frame => {
    agesMs.push(Date.now() - frame.capturedWallMs)
    kilobytes.push(frame.jpeg.byteLength / 1000)
    frame.done()
  })
  return {
    reset() {
      agesMs.length = 0
      kilobytes.length = 0
    },
    seen: (elapsed: number): Seen => ({ slow, fps: agesMs.length / elapsed, agesMs, kilobytes }),
  }
}

async function beDeaf(): Promise<void> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/ws`)
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'subscribe', camera: CAMERA, video: true, credit: 8 }))
  socket.send('{"type":"events","follow":true}')
  socket.pause()
}

const views = Array.from({ length: crowd.viewers }, () => view(url, false))
for (let i = 0; i < crowd.slow; i++) {
  const line = await slowLine(url, BYTES_PER_SECOND)
  views.push(view(line.url, true))
}
for (let i = 0; i < crowd.deaf; i++) await beDeaf()
await sleep(Number(warmUpSeconds) * 1000)
for (const { reset } of views) reset()
process.stdout.write('warm\n')
const from = performance.now()
await sleep(Number(seconds) * 1000)
const elapsed = (performance.now() - from) / 1000
const seen = views.map(one => one.seen(elapsed))
const told = `${JSON.stringify(seen)}\n`
process.stdout.write('done\n')
process.stdout.write(told, () => process.exit(0))
