import { monotonicMs } from '../../lib/clock.js'

/** Bytes waiting in the socket from which on a client gets nothing new: more would only arrive late. */
const MAX_BUFFERED = 1 << 20
/** A frame may follow others that are still under way if those take no longer than this, a frame's time at 15 per second. */
const WINDOW_MS = 60
/** A ping that has waited so long for its answer shows that what is sent now would arrive late. */
const BEHIND_MS = 500
/** What is no frame is followed by a ping once a second. */
const PROBE_MS = 1000
/** How much of what earlier frames taught is kept with each new one. */
const MEMORY = 0.7
/** Answers to pings on an idle line that are looked back on for the shortest. */
const WAYS = 10

/** What a client needs of a WebSocket. */
export interface Socket {
  send(data: string | Uint8Array): void
  ping(payload: Uint8Array): void
  bufferedAmount(): number
  close(code: number, reason: string): void
}

/**
 * The way to one client. Behind each frame goes a ping, and the client's own library answers it when the frame has arrived,
 * whatever the program behind it does: so the way is measured, and not the viewer.
 */
export interface Link {
  /** Sends unless too much waits in the socket already. */
  send(message: string): boolean
  /** Sends what would be worthless if it came late: not while the line is behind. */
  sendFresh(message: string): boolean
  /** Whether a frame that is sent now finds the way free. */
  free(): boolean
  /** Keeps the way for a frame that will be sent, until it is sent or given up. */
  reserve(): void
  giveUp(): void
  /** Sends a frame that the way was reserved for. */
  sendFrame(message: Uint8Array): boolean
  /** Milliseconds that so many bytes take on the way; 0 while that is not known. */
  wireMs(bytes: number): number
  /** Takes the answer to a ping. */
  pong(payload: Uint8Array): void
  /** Messages that the client was too slow for. */
  dropped(): number
}

interface Probe {
  readonly number: number
  readonly sentAt: number
  /** Of the frame before the ping; 0: there was none. */
  readonly bytes: number
}

/** @param onFree called when a frame has arrived */
export function createLink(socket: Socket, onFree: () => void): Link {
  let probes: Probe[] = []
  let ways: number[] = []
  let number = 0
  let dropped = 0
  let reserved = 0
  let lastProbeAt = Number.NEGATIVE_INFINITY
  let lastPongAt = Number.NEGATIVE_INFINITY
  // decaying sums over the frames that have arrived
  let spentMs = 0
  let arrivedBytes = 0
  let lastBytes = 0

  const wireMs = (bytes: number): number =>
    arrivedBytes > 0 ? (bytes * spentMs) / arrivedBytes : 0

  function probe(bytes: number): void {
    number = (number + 1) >>> 0
    const payload = new Uint8Array(4)
    new DataView(payload.buffer).setUint32(0, number)
    lastProbeAt = monotonicMs()
    probes.push({ number, sentAt: lastProbeAt, bytes })
    socket.ping(payload)
  }

  function put(message: string | Uint8Array): boolean {
    if (socket.bufferedAmount() > MAX_BUFFERED) {
      dropped++
      return false
    }
    socket.send(message)
    return true
  }

  function send(message: string): boolean {
    const sent = put(message)
    if (sent && probes.length === 0 && monotonicMs() - lastProbeAt > PROBE_MS) probe(0)
    return sent
  }

  /** What was sent before a probe has arrived with it. */
  function learn(arrived: readonly Probe[], now: number): void {
    const bytes = arrived.reduce((sum, probe) => sum + probe.bytes, 0)
    const [first] = arrived
    if (first === undefined) return
    if (bytes === 0) {
      ways = [...ways.slice(1 - WAYS), now - first.sentAt]
      return
    }
    // it could not start before what lay in front of it had arrived
    const way = ways.length > 0 ? Math.min(...ways) : 0
    const startedAt = Math.min(now, Math.max(first.sentAt + way, lastPongAt))
    spentMs = MEMORY * spentMs + (now - startedAt)
    arrivedBytes = MEMORY * arrivedBytes + bytes
  }

  return {
    send,
    sendFresh(message) {
      const oldest = probes[0]
      if (oldest === undefined || monotonicMs() - oldest.sentAt <= BEHIND_MS) return send(message)
      dropped++
      return false
    },
    free() {
      if (socket.bufferedAmount() > MAX_BUFFERED) return false
      const underWay = probes.reduce((sum, { bytes }) => sum + bytes, reserved * lastBytes)
      if (underWay === 0) return reserved === 0
      return arrivedBytes > 0 && wireMs(underWay) < WINDOW_MS
    },
    reserve() {
      reserved++
    },
    giveUp() {
      reserved--
    },
    sendFrame(message) {
      reserved--
      if (!put(message)) return false
      lastBytes = message.byteLength
      probe(lastBytes)
      return true
    },
    wireMs,
    pong(payload) {
      // the server pings too, to see who is there, without payload
      if (payload.byteLength !== 4) return
      const answered = new DataView(payload.buffer, payload.byteOffset).getUint32(0)
      const now = monotonicMs()
      // a client may leave out the answers to all pings but the last
      const arrived = probes.filter(probe => probe.number <= answered)
      probes = probes.filter(probe => probe.number > answered)
      learn(arrived, now)
      lastPongAt = now
      onFree()
    },
    dropped: () => dropped,
  }
}
