import type { Camera } from '../camera/camera.js'
import type { Detection } from '../cascade/detection.js'
import type { Result } from '../events/result.js'
import type { Caption } from '../frame/draw.js'
import type { Frame, Picture, YuvPicture } from '../frame/frame.js'
import { wallMsOf } from '../lib/clock.js'
import { SquintError } from '../lib/errors.js'

/** Boxes that are so much older than the picture say nothing of it any more. */
const MAX_BOX_AGE_MS = 2000

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
  /** The frame whose boxes are drawn in; left out: none are. */
  readonly boxesOf?: number
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
  /** How many watch this camera. */
  viewers(camera: string): number
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

/** What is to be made of a frame: its JPEG at hand, or the work that makes it. */
type Plan = Pick<LiveFrame, 'width' | 'fullWidth' | 'boxesOf'> & {
  readonly jpeg: Uint8Array | (() => Promise<Uint8Array>)
}

interface Made extends Pick<LiveFrame, 'boxesOf'> {
  readonly of: Frame
  readonly frame: Promise<LiveFrame>
  ready: boolean
}

/** Camera JPEGs pass through untouched, raw or narrower pictures are made. */
export function createLive(options: LiveOptions): Live {
  const { encode, shrink, rawWidth = Number.POSITIVE_INFINITY, onError } = options
  return createAudiences(({ picture }, most) => {
    if (picture.format === 'yuv420') {
      const fullWidth = Math.min(picture.width, rawWidth)
      const width = Math.min(most, fullWidth)
      return { width, fullWidth, jpeg: () => encode(picture, width) }
    }
    const { data, width: fullWidth } = picture
    if (most >= fullWidth || shrink === undefined)
      return { width: fullWidth, fullWidth, jpeg: data }
    return { width: most, fullWidth, jpeg: () => shrink(data, most) }
  }, onError)
}

export interface BoxedLiveOptions {
  annotate(picture: Picture, captions: readonly Caption[], width: number): Promise<Uint8Array>
  /** Pictures become at most so wide. */
  readonly width: number
  /** The newest result of a camera. */
  latest(camera: string): Result | undefined
  onError(error: unknown): void
}

/** The same with the boxes of the newest result drawn in; none if that is more than two seconds older than the picture. */
export function createBoxedLive(options: BoxedLiveOptions): Live {
  return createAudiences((frame, most) => {
    const result = options.latest(frame.camera)
    const captions =
      result === undefined || isOld(result, frame) ? [] : captionsOf(result.detections)
    const fullWidth = Math.min(frame.picture.width, options.width)
    const width = Math.min(most, fullWidth)
    return {
      width,
      fullWidth,
      jpeg: () => options.annotate(frame.picture, captions, width),
      ...(result !== undefined && captions.length > 0 && { boxesOf: result.frame.id }),
    }
  }, options.onError)
}

/** Boxes, each with its label and score. */
export function captionsOf(detections: readonly Detection[]): Caption[] {
  return detections.map(({ box, label, score }) => ({
    box,
    text: `${label} ${Math.round(score * 100)} %`,
  }))
}

function isOld(result: Result, { id, capturedWallMs }: Frame): boolean {
  // a slow camera's picture may itself be older than that, and its boxes with it
  const own = result.frame.id === id
  // a clock that was set back meanwhile makes them look younger than the picture
  return !own && Math.abs(capturedWallMs - wallMsOf(result.frame.capturedAt)) > MAX_BOX_AGE_MS
}

/** The numbers of several live pictures, added up. */
export function statusOf(lives: readonly Live[]): ReturnType<Live['status']> {
  const statuses = lives.map(live => live.status())
  const sum = (number: keyof ReturnType<Live['status']>): number =>
    statuses.reduce((total, status) => total + status[number], 0)
  return { viewers: sum('viewers'), encoded: sum('encoded'), dropped: sum('dropped') }
}

/** @param plan gets the most pixels that the picture may be wide */
function createAudiences(
  plan: (frame: Frame, most: number) => Plan,
  onError: (error: unknown) => void,
): Live {
  /** The newest frame of each camera in each width. */
  const made = new Map<string, Made>()
  const audiences = new Map<Camera, Audience>()
  let encoded = 0
  let dropped = 0

  /** The same frame is made once, however many ask for it, and while one is being made it is the newest. */
  function share(frame: Frame, most = Number.POSITIVE_INFINITY): Promise<LiveFrame> {
    const { camera, id, capturedWallMs } = frame
    const { jpeg, ...about } = plan(frame, most)
    const key = `${camera} ${about.width}`
    const known = made.get(key)
    const same = known?.of === frame && known.boxesOf === about.boxesOf
    if (known !== undefined && (same || !known.ready)) return known.frame
    const make = async (): Promise<LiveFrame> => {
      if (typeof jpeg !== 'function') return { camera, id, capturedWallMs, ...about, jpeg }
      encoded++
      return { camera, id, capturedWallMs, ...about, jpeg: await jpeg() }
    }
    const entry: Made = { ...about, of: frame, frame: make(), ready: false }
    made.set(key, entry)
    entry.frame.then(
      () => {
        entry.ready = true
      },
      error => {
        // what failed is tried anew, as too many may have waited
        if (made.get(key) === entry) made.delete(key)
        onError(error)
      },
    )
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
      const leave = (): void => {
        audience.feeds.delete(feed)
        if (audience.feeds.size === 0) audience.empty.abort()
      }
      // once: Node 20 keeps a signal of `AbortSignal.any` for ever, with all that its listeners know, as long as it has any
      signal.addEventListener('abort', leave, { once: true })
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
    viewers(camera) {
      let viewers = 0
      for (const [{ id }, { feeds }] of audiences) if (id === camera) viewers += feeds.size
      return viewers
    },
    status() {
      let viewers = 0
      for (const audience of audiences.values()) viewers += audience.feeds.size
      return { viewers, encoded, dropped }
    },
  }
}
