import type { Camera } from '../camera/camera.js'
import type { Frame, YuvPicture } from '../frame/frame.js'
import { SquintError } from '../lib/errors.js'

/** One frame as viewers get it. */
export interface LiveFrame {
  readonly camera: string
  readonly id: number
  /** Milliseconds since 1970. */
  readonly capturedWallMs: number
  /** Of this picture, and of the widest that there is of it, in pixels. */
  readonly width: number
  readonly fullWidth: number
  readonly jpeg: Uint8Array
}

/** Somebody who watches. */
export interface Viewer {
  /** Whether it can take a frame now. If so, it gets one soon, or hears that it was missed. */
  wants(): boolean
  /** Pictures for it are at most so wide; undefined: as wide as there are. */
  width?(): number | undefined
  /** Takes one frame, newer than those before; never blocks. */
  put(frame: LiveFrame): void
  /** A frame that it wanted could not be made, or came after it had left. */
  missed?(): void
}

/** The live picture: camera JPEGs pass through untouched, raw or narrower pictures are made once for all viewers, and only while somebody watches. */
export interface Live {
  /**
   * Gives the viewer the newest frame, and then every one that it wants, until `signal` aborts.
   * @returns what the viewer calls when it can take a frame again, to get the newest one at once unless it has had it
   */
  watch(camera: Camera, viewer: Viewer, signal: AbortSignal): () => void
  /** The newest frame. Rejects with NO_FRAME before the first. */
  still(camera: Camera): Promise<LiveFrame>
  status(): { readonly viewers: number; readonly encoded: number; readonly dropped: number }
}

export interface LiveOptions {
  /** A raw picture as JPEG that is `width` wide. */
  encode(picture: YuvPicture, width: number): Promise<Uint8Array>
  /** Raw pictures become at most so wide; left out: as wide as they are. */
  readonly rawWidth?: number
  /** A JPEG as one that is `width` wide. Left out: of cameras that give JPEGs there are no narrower pictures. */
  shrink?(jpeg: Uint8Array, width: number): Promise<Uint8Array>
  onError(error: unknown): void
}

interface Audience {
  readonly feeds: Set<Feed>
  readonly empty: AbortController
  newest: Frame | undefined
}

interface Feed {
  readonly viewer: Viewer
  /** Ids of the newest frame that it has had, and of the one that is being made for it. */
  had: number
  making: number
}

interface Made {
  readonly of: Frame
  readonly frame: Promise<LiveFrame>
  ready: boolean
}

export function createLive(options: LiveOptions): Live {
  const { encode, shrink, rawWidth = Number.POSITIVE_INFINITY, onError } = options
  /** The newest frame of each camera in each width. */
  const made = new Map<string, Made>()
  const audiences = new Map<Camera, Audience>()
  let encoded = 0
  let dropped = 0

  async function make(frame: Frame, width: number, fullWidth: number): Promise<LiveFrame> {
    const { camera, id, capturedWallMs, picture } = frame
    const labels = { camera, id, capturedWallMs, fullWidth }
    if (picture.format === 'yuv420') {
      encoded++
      return { ...labels, width, jpeg: await encode(picture, width) }
    }
    if (width === fullWidth || shrink === undefined) {
      return { ...labels, width: fullWidth, jpeg: picture.data }
    }
    encoded++
    return { ...labels, width, jpeg: await shrink(picture.data, width) }
  }

  /** The same frame is made once, however many ask for it, and while one is being made it is the newest. */
  function share(frame: Frame, most = Number.POSITIVE_INFINITY): Promise<LiveFrame> {
    const { format, width: own } = frame.picture
    const fullWidth = format === 'yuv420' ? Math.min(own, rawWidth) : own
    const width = Math.min(most, fullWidth)
    const key = `${frame.camera} ${width}`
    const known = made.get(key)
    if (known !== undefined && (known.of === frame || !known.ready)) return known.frame
    const entry: Made = { of: frame, frame: make(frame, width, fullWidth), ready: false }
    made.set(key, entry)
    const ready = () => {
      entry.ready = true
    }
    entry.frame.then(ready, error => {
      ready()
      onError(error)
    })
    return entry.frame
  }

  /** Starts following the camera for its first viewer, and stops after its last. */
  function audienceOf(camera: Camera): Audience {
    const known = audiences.get(camera)
    if (known !== undefined) return known
    const empty = new AbortController()
    const audience: Audience = { feeds: new Set(), empty, newest: camera.latest() }
    audiences.set(camera, audience)
    camera.watch(frame => show(frame, audience), empty.signal)
    empty.signal.addEventListener('abort', () => {
      audiences.delete(camera)
      for (const key of made.keys()) if (key.startsWith(`${camera.id} `)) made.delete(key)
    })
    return audience
  }

  function show(frame: Frame, audience: Audience): void {
    const before = audience.newest?.id ?? 0
    audience.newest = frame
    for (const feed of audience.feeds) {
      if (Math.max(feed.had, feed.making) < before) dropped++
      void give(feed, audience)
    }
  }

  async function give(feed: Feed, audience: Audience): Promise<void> {
    const { viewer } = feed
    const { newest } = audience
    // what it has had comes first: a viewer that says it wants a frame must get one or be told
    if (newest === undefined || feed.making > 0 || newest.id <= feed.had || !viewer.wants()) return
    feed.making = newest.id
    const frame = await share(newest, viewer.width?.()).catch(() => undefined)
    const before = feed.had
    feed.making = 0
    feed.had = Math.max(before, frame?.id ?? newest.id)
    // it may have left meanwhile, and one that was being made for others in another width may be older
    const late = !audience.feeds.has(feed) || (frame !== undefined && frame.id <= before)
    if (frame === undefined || late) viewer.missed?.()
    else viewer.put(frame)
    if (audience.feeds.has(feed)) await give(feed, audience)
  }

  return {
    watch(camera, viewer, signal) {
      if (signal.aborted) return () => undefined
      const audience = audienceOf(camera)
      const feed: Feed = { viewer, had: 0, making: 0 }
      audience.feeds.add(feed)
      signal.addEventListener('abort', () => {
        audience.feeds.delete(feed)
        if (audience.feeds.size === 0) audience.empty.abort()
      })
      void give(feed, audience)
      return () => void give(feed, audience)
    },
    async still(camera) {
      const frame = camera.latest()
      if (frame === undefined) {
        throw new SquintError('NO_FRAME', `camera ${camera.id}: expected a picture, found none yet`)
      }
      return share(frame)
    },
    status() {
      let viewers = 0
      for (const audience of audiences.values()) viewers += audience.feeds.size
      return { viewers, encoded, dropped }
    },
  }
}
