import { randomBytes } from 'node:crypto'
import type { CameraEvent } from '../../events/event.js'
import { SquintError } from '../../lib/errors.js'
import type { Output } from '../output.js'

const MAX_CLIENTS = 32
/** Changes that a client may fall behind, or miss between two connections: minutes of a busy street. */
const KEPT = 512
/** Bytes that wait in front of a socket before its client counts as slow. */
const MAX_WAITING = 64 << 10

export const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-store',
  // nginx would collect messages before it passes them on
  'X-Accel-Buffering': 'no',
} as const

/** Which changes a client wants; everything given must hold. */
export interface StreamFilter {
  readonly camera?: string | undefined
  readonly label?: string | undefined
  /** Entered at any time. */
  readonly zone?: string | undefined
}

/** Changes of events as Server-Sent Events. */
export interface EventStream extends Output {
  /**
   * A response that never ends by itself. Throws BUSY or CLOSED.
   * @param lastEventId where a former connection ended; left out: begins with what happens next
   */
  open(filter: StreamFilter, lastEventId?: string): Response
  status(): { readonly clients: number; readonly gaps: number }
}

export interface EventStreamOptions {
  /** How often a silent connection is shown to be alive. */
  readonly heartbeatMs?: number
  /** Changes that are remembered. */
  readonly kept?: number
}

type Controller = ReadableStreamDefaultController<Uint8Array>

interface Reader {
  readonly filter: StreamFilter
  /** Number of the last change that it has been told or spared. */
  position: number
}

/**
 * Every client reads the same short memory at its own pace, so a slow one costs no memory of its own: once it is too far behind, it
 * loses whole changes and is told of a gap.
 */
export function createEventStream(options: EventStreamOptions = {}): EventStream {
  const { heartbeatMs = 15_000, kept = KEPT } = options
  // a number alone would be taken for one of this run after a restart
  const run = randomBytes(4).toString('hex')
  const told: { readonly event: CameraEvent; readonly message: Uint8Array }[] = []
  const clients = new Map<Reader, Controller>()
  let newest = 0
  let gaps = 0
  let closed = false

  const id = (position: number): string => `id: ${run}-${position}\n`
  /** The change before the oldest that is remembered. */
  const horizon = (): number => newest - told.length

  function gap(reader: Reader, controller: Controller, reason: 'late' | 'unknown'): void {
    gaps++
    reader.position = horizon()
    const data = JSON.stringify({ reason })
    controller.enqueue(encode(`${id(reader.position)}event: gap\ndata: ${data}\n\n`))
  }

  /** Gives a client what it has not had yet, as far as it takes it. */
  function pump(reader: Reader, controller: Controller): void {
    while (reader.position < newest && hasRoom(controller)) {
      if (reader.position < horizon()) {
        gap(reader, controller, 'late')
        continue
      }
      const { event, message } = told[reader.position - horizon()]!
      reader.position++
      if (matches(reader.filter, event)) controller.enqueue(message)
    }
  }

  /** Where a former connection ended; undefined if it is not of this run. */
  function positionOf(lastEventId: string): number | undefined {
    const [, of, number] = /^([0-9a-f]{8})-(\d{1,15})$/.exec(lastEventId) ?? []
    return of === run && Number(number) <= newest ? Number(number) : undefined
  }

  // the id lets a client with a narrow filter resume, too
  const heart = setInterval(() => {
    for (const [{ position }, controller] of clients) {
      if (hasRoom(controller)) controller.enqueue(encode(`: alive\n${id(position)}\n`))
    }
  }, heartbeatMs)

  return {
    name: 'sse',
    publish() {},
    happened(change) {
      newest++
      // JSON has no line breaks of its own, so nothing in it can end the message
      const text = `${id(newest)}event: ${change.type}\ndata: ${JSON.stringify(change)}\n\n`
      told.push({ event: change.event, message: encode(text) })
      if (told.length > kept) told.shift()
      for (const [reader, controller] of clients) pump(reader, controller)
    },
    open(filter, lastEventId) {
      if (closed) throw new SquintError('CLOSED', 'events: the service is stopping')
      if (clients.size >= MAX_CLIENTS) {
        throw new SquintError(
          'BUSY',
          `listeners: expected at most ${MAX_CLIENTS}, found as many already`,
        )
      }
      const resumed = lastEventId === undefined ? newest : positionOf(lastEventId)
      const reader: Reader = { filter, position: resumed ?? horizon() }
      const body = new ReadableStream<Uint8Array>(
        {
          start(controller) {
            clients.set(reader, controller)
            controller.enqueue(encode(`retry: 3000\n${id(reader.position)}\n`))
            if (resumed === undefined) gap(reader, controller, 'unknown')
          },
          pull: controller => pump(reader, controller),
          cancel() {
            clients.delete(reader)
          },
        },
        new ByteLengthQueuingStrategy({ highWaterMark: MAX_WAITING }),
      )
      return new Response(body, { headers: STREAM_HEADERS })
    },
    status: () => ({ clients: clients.size, gaps }),
    async close() {
      closed = true
      clearInterval(heart)
      for (const controller of clients.values()) controller.close()
      clients.clear()
    },
  }
}

function hasRoom({ desiredSize }: Controller): boolean {
  return Number(desiredSize) > 0
}

function matches({ camera, label, zone }: StreamFilter, event: CameraEvent): boolean {
  return (
    (camera === undefined || event.camera === camera) &&
    (label === undefined || event.label === label) &&
    (zone === undefined || event.enteredZones.includes(zone))
  )
}

const encoder = new TextEncoder()

/** In bytes of its own: what is remembered as a small Buffer keeps 8 kB of Node's pool, with whatever else was there. */
function encode(text: string): Uint8Array {
  return encoder.encode(text)
}
