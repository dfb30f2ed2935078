import type { Frame } from '../frame/frame.js'
import type { EventChange } from './event.js'

/** Of each event at most one picture in so many milliseconds is kept. */
const EVERY_MS = 2000
/** Frames that are held at once, and of them those that wait; a raw one in full HD takes 3 MB. */
const MAX_FRAMES = 8
const MAX_WAITING = 4

export interface BestPicturesOptions {
  /** The frame's picture as JPEG. Called when it is really wanted, once for all events that want the same frame. */
  jpegOf(frame: Frame): Promise<Uint8Array>
  /** Keeps a picture of an event instead of the one before. */
  keep(id: string, jpeg: Uint8Array): Promise<void>
  /** A picture could not be had or kept. It is not tried again; the next better look is. */
  onError(error: unknown): void
}

/** Decides which frames of one camera become pictures of events. It has no timer: time passes with frames. */
export interface BestPictures {
  /** Takes every frame. @param better ids of the events that were never seen as well as in it */
  offer(frame: Frame, better: readonly string[]): void
  /** Takes every change of the camera's events: what waits is kept once its event ends. */
  happened(change: EventChange): void
  /** Keeps the best look of an event now instead of soon, because somebody wants to see it. Settles when it is kept or given up. */
  hurry(id: string): Promise<void>
  /** Settles when everything that was asked for is kept or given up. */
  settled(): Promise<void>
  status(): BestPicturesStatus
}

export interface BestPicturesStatus {
  /** Frames that are held now: waiting, or being encoded and kept. */
  readonly held: number
  /** Better looks that were given up because too many frames were held. */
  readonly dropped: number
}

/** The pictures of one event. */
interface Album {
  /** The best look that is not kept yet. */
  waiting: Frame | undefined
  /** What is being encoded and kept. */
  busy: { readonly frame: Frame; readonly done: Promise<void> } | undefined
  /** Monotonic milliseconds, of the frame that was kept last or is being kept. */
  keptMs: number
  ended: boolean
}

export function createBestPictures({ jpegOf, keep, onError }: BestPicturesOptions): BestPictures {
  const albums = new Map<string, Album>()
  const jpegs = new WeakMap<Frame, Promise<Uint8Array>>()
  let dropped = 0

  function albumOf(id: string): Album {
    const known = albums.get(id)
    if (known !== undefined) return known
    const album = { waiting: undefined, busy: undefined, keptMs: -Infinity, ended: false }
    albums.set(id, album)
    return album
  }

  function share(frame: Frame): Promise<Uint8Array> {
    const known = jpegs.get(frame)
    if (known !== undefined) return known
    const jpeg = jpegOf(frame)
    jpegs.set(frame, jpeg)
    return jpeg
  }

  function start(id: string, album: Album, frame: Frame): void {
    album.waiting = undefined
    album.keptMs = frame.capturedAt
    const work = async () => keep(id, await share(frame))
    const done = work()
      .catch(onError)
      .then(() => {
        album.busy = undefined
        if (album.ended) conclude(id, album)
      })
    album.busy = { frame, done }
  }

  /** One after the other, so that no older picture comes last. */
  function conclude(id: string, album: Album): void {
    if (album.busy) return
    if (album.waiting) start(id, album, album.waiting)
    else albums.delete(id)
  }

  function waiting(): Set<Frame> {
    return new Set([...albums.values()].flatMap(({ waiting }) => waiting ?? []))
  }

  function held(): Set<Frame> {
    const busy = [...albums.values()].flatMap(({ busy }) => busy?.frame ?? [])
    return new Set([...waiting(), ...busy])
  }

  /** Where much happens at once, what waits is kept early: that holds it for a moment only. */
  function hasRoom(): boolean {
    if (waiting().size >= MAX_WAITING) {
      for (const [id, album] of albums) if (album.waiting) conclude(id, album)
    }
    return held().size < MAX_FRAMES
  }

  return {
    offer(frame, better) {
      const wanted = better.length > 0 && hasRoom() ? better : []
      dropped += better.length - wanted.length
      for (const id of wanted) albumOf(id).waiting = frame
      for (const [id, album] of albums) {
        if (frame.capturedAt - album.keptMs >= EVERY_MS) conclude(id, album)
      }
    },
    happened({ type, event: { id } }) {
      const album = albums.get(id)
      if (type !== 'end' || album === undefined) return
      album.ended = true
      conclude(id, album)
    },
    async hurry(id) {
      for (let album = albums.get(id); album !== undefined; album = albums.get(id)) {
        conclude(id, album)
        await album.busy?.done
      }
    },
    async settled() {
      while (albums.size > 0) {
        const works = [...albums.values()].flatMap(({ busy }) => busy?.done ?? [])
        if (works.length === 0) return
        await Promise.all(works)
      }
    },
    status: () => ({ held: held().size, dropped }),
  }
}
