import { EventEmitter, once } from 'node:events'
import type { Frame } from '../frame/frame.js'
import type { Camera } from './camera.js'

/** A camera that may be opened anew, otherwise configured, while those who use it notice no more than a pause. */
export interface ReplaceableCamera extends Camera {
  /** Closes the camera, then opens another in its place. @param open gets the id of the last frame so far */
  replace(open: (lastFrame: number) => Camera): Promise<void>
}

interface Watcher {
  readonly listener: (frame: Frame) => void
  readonly until: AbortSignal
}

/**
 * Material that ends may be followed by other material: `next` waits for that, and is undefined only once this is closed.
 * @param first the camera to begin with
 */
export function replaceable(first: Camera): ReplaceableCamera {
  const bell = new EventEmitter()
  const watchers = new Set<Watcher>()
  let camera = first
  let lastFrame = 0
  let closed = false
  let changing = Promise.resolve()

  async function change(open: (lastFrame: number) => Camera): Promise<void> {
    // one that gave no frame has not begun to count anew
    lastFrame = camera.latest()?.id ?? lastFrame
    await camera.close()
    if (closed) return
    camera = open(lastFrame)
    for (const { listener, until } of watchers) camera.watch(listener, until)
    bell.emit('changed')
  }

  return {
    id: first.id,
    get kind() {
      return camera.kind
    },
    async next() {
      while (!closed) {
        const asked = camera
        const frame = await asked.next()
        if (frame !== undefined) return frame
        if (!closed && asked === camera) await once(bell, 'changed')
      }
      return undefined
    },
    latest: () => camera.latest(),
    watch(listener, until) {
      if (until.aborted || closed) return
      const watcher = { listener, until }
      watchers.add(watcher)
      until.addEventListener('abort', () => watchers.delete(watcher), { once: true })
      camera.watch(listener, until)
    },
    status: () => camera.status(),
    rest: quiet => camera.rest(quiet),
    replace(open) {
      changing = changing.then(() => change(open))
      return changing
    },
    async close() {
      closed = true
      watchers.clear()
      bell.emit('changed')
      await changing
      await camera.close()
    },
  }
}
