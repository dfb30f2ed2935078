import type { CameraEvent } from '../../events/event.js'
import { cropOf } from './event-crop.js'
import { pictureUrl } from './event-picture.js'
import { pictureWords } from './event-words.js'

/** Pixels of a small picture on a screen of the usual density; events.css gives it this shape. */
const WIDTH = 128
const HEIGHT = 96
const TIMEOUT_MS = 10_000

/** Shows the small picture of an event; undefined: nothing. */
export type Thumb = (event: CameraEvent | undefined) => void

export interface Thumbs {
  /** @param frame gets the class `seen` while there is a picture in its canvas */
  make(frame: HTMLElement, canvas: HTMLCanvasElement): Thumb
}

interface Place {
  readonly frame: HTMLElement
  readonly canvas: HTMLCanvasElement
  event: CameraEvent | undefined
  isInView: boolean
  /** Address of what the canvas shows, or is about to. */
  shown: string
  clear(): void
}

/**
 * Small pictures of events, for those lines only that are in view: a browser keeps what it has decoded, and a day's events
 * would be hundreds of megabytes. They are loaded one after the other, so that the live picture does not stutter.
 */
export function createThumbs(scroll: Element, signal: AbortSignal): Thumbs {
  const places = new WeakMap<Element, Place>()
  let queue = Promise.resolve()

  const observer = new IntersectionObserver(
    entries => {
      for (const { target, isIntersecting } of entries) {
        const place = places.get(target)
        if (!place) continue
        place.isInView = isIntersecting
        if (isIntersecting) update(place)
        else place.clear()
      }
    },
    { root: scroll, rootMargin: '25%' },
  )
  signal.addEventListener('abort', () => observer.disconnect())

  function update(place: Place): void {
    if (!place.isInView || !place.event?.hasSnapshot) return
    const url = pictureUrl(place.event)
    if (url === place.shown) return
    place.shown = url
    queue = queue.then(() => load(place, url))
  }

  async function load(place: Place, url: string): Promise<void> {
    // It may have left the view, or shown something else, before its turn came.
    if (place.shown !== url) return
    const bitmap = await fetchBitmap(url, signal)
    if (bitmap && place.event && place.shown === url) draw(place, bitmap, place.event)
    // Asked for again when the event has changed.
    else if (!bitmap && place.shown === url) place.clear()
    bitmap?.close()
  }

  return {
    make(frame, canvas) {
      const place: Place = {
        frame,
        canvas,
        event: undefined,
        isInView: false,
        shown: '',
        clear() {
          place.shown = ''
          frame.classList.remove('seen')
          canvas.width = 0
        },
      }
      places.set(frame, place)
      observer.observe(frame)
      return event => {
        // A better look replaces the one before in place; another event's picture must not stand in for it meanwhile.
        if (event?.id !== place.event?.id) place.clear()
        place.event = event
        canvas.setAttribute('aria-label', event ? pictureWords(event) : '')
        update(place)
      }
    },
  }
}

function draw({ frame, canvas }: Place, bitmap: ImageBitmap, { best }: CameraEvent): void {
  const ratio = window.devicePixelRatio
  canvas.width = Math.round(WIDTH * ratio)
  canvas.height = Math.round(HEIGHT * ratio)
  const crop = cropOf(best, WIDTH / HEIGHT)
  const [x, y] = [crop.x * bitmap.width, crop.y * bitmap.height]
  const [width, height] = [crop.width * bitmap.width, crop.height * bitmap.height]
  const context = canvas.getContext('2d')
  if (!context) return
  context.imageSmoothingQuality = 'high'
  context.drawImage(bitmap, x, y, width, height, 0, 0, canvas.width, canvas.height)
  frame.classList.add('seen')
}

async function fetchBitmap(url: string, signal: AbortSignal): Promise<ImageBitmap | undefined> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
    const response = await fetch(url, { signal: limit })
    return response.ok ? await createImageBitmap(await response.blob()) : undefined
  } catch {
    return undefined
  }
}
