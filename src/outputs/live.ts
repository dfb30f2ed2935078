import type { Camera } from '../camera/camera.js'
import type { Frame, YuvPicture } from '../frame/frame.js'
import { SquintError } from '../lib/errors.js'

/** One frame as viewers get it. */
export interface LiveFrame {
  readonly camera: string
  readonly id: number
  /** Milliseconds since 1970. */
  readonly capturedWallMs: number
  readonly jpeg: Uint8Array
}

/** Somebody who watches. */
export interface Viewer {
  /** False while the viewer could not take a frame anyway. */
  wants(): boolean
  /** Takes one frame; never blocks. */
  put(frame: LiveFrame): void
}

/** The live picture: camera JPEGs pass through untouched, raw pictures are encoded once for all viewers, and only while somebody watches. */
export interface Live {
  /** Gives the viewer every frame that it wants until `signal` aborts. */
  watch(camera: Camera, viewer: Viewer, signal: AbortSignal): void
  /** The newest frame. Rejects with NO_FRAME before the first. */
  still(camera: Camera): Promise<LiveFrame>
  status(): { readonly viewers: number; readonly encoded: number; readonly dropped: number }
}

export interface LiveOptions {
  encode(picture: YuvPicture): Promise<Uint8Array>
  onError(error: unknown): void
}

export function createLive({ encode, onError }: LiveOptions): Live {
  const stills = new Map<string, { id: number; frame: Promise<LiveFrame> }>()
  const audiences = new Map<string, Audience>()
  let encoded = 0
  let dropped = 0

  async function toLive({ camera, id, capturedWallMs, picture }: Frame): Promise<LiveFrame> {
    if (picture.format === 'jpeg') return { camera, id, capturedWallMs, jpeg: picture.data }
    encoded++
    return { camera, id, capturedWallMs, jpeg: await encode(picture) }
  }

  /** The same frame is encoded once, however many ask for it. */
  function share(frame: Frame): Promise<LiveFrame> {
    const known = stills.get(frame.camera)
    if (known?.id === frame.id) return known.frame
    const live = toLive(frame)
    stills.set(frame.camera, { id: frame.id, frame: live })
    return live
  }

  /** Starts following the camera for its first viewer, and stops after its last. */
  function audienceOf(camera: Camera): Audience {
    const known = audiences.get(camera.id)
    if (known !== undefined) return known
    const audience: Audience = { viewers: new Set(), empty: new AbortController(), busy: false }
    audiences.set(camera.id, audience)
    audience.empty.signal.addEventListener('abort', () => audiences.delete(camera.id))
    camera.watch(frame => void show(frame, audience), audience.empty.signal)
    return audience
  }

  async function show(frame: Frame, audience: Audience): Promise<void> {
    const eager = [...audience.viewers].filter(viewer => viewer.wants())
    dropped += audience.viewers.size - eager.length
    if (eager.length === 0) return
    if (audience.busy) {
      dropped += eager.length
      return
    }
    audience.busy = true
    try {
      const live = await share(frame)
      for (const viewer of eager) {
        // it may have left while the frame was on its way
        if (audience.viewers.has(viewer)) viewer.put(live)
      }
    } catch (error) {
      onError(error)
    } finally {
      audience.busy = false
    }
  }

  return {
    watch(camera, viewer, signal) {
      if (signal.aborted) return
      const audience = audienceOf(camera)
      audience.viewers.add(viewer)
      signal.addEventListener('abort', () => {
        audience.viewers.delete(viewer)
        if (audience.viewers.size === 0) audience.empty.abort()
      })
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
      for (const audience of audiences.values()) viewers += audience.viewers.size
      return { viewers, encoded, dropped }
    },
  }
}

interface Audience {
  readonly viewers: Set<Viewer>
  readonly empty: AbortController
  /** A frame is on its way to the viewers. */
  busy: boolean
}
