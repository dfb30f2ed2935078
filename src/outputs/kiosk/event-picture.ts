import type { CameraEvent } from '../../events/event.js'
import { type Crop, cropOf } from './event-crop.js'
import { pictureWords } from './event-words.js'

const WHOLE: Crop = { x: 0, y: 0, width: 1, height: 1 }

/** Where the picture of an event is had. A better look has another address: the one before may be kept by the browser. */
export function pictureUrl({ id, best }: CameraEvent): string {
  return `/api/events/${encodeURIComponent(id)}/snapshot.jpeg?frame=${best.frame}`
}

/** Shows the picture of an event in an element that is `aspect` times as wide as high; undefined: nothing. */
export type EventPicture = (event: CameraEvent | undefined) => void

/**
 * The picture's part around the object, or all of it where no aspect is given. What is not there leaves the element's own sign, and is
 * asked for again when the event has changed.
 */
export function createEventPicture(
  frame: HTMLElement,
  image: HTMLImageElement,
  aspect?: number,
): EventPicture {
  let shown = ''
  image.addEventListener('load', () => frame.classList.add('seen'))
  image.addEventListener('error', () => {
    frame.classList.remove('seen')
    shown = ''
  })

  function place(crop: Crop): void {
    for (const [name, value] of Object.entries(crop)) {
      image.style.setProperty(`--crop-${name}`, value.toFixed(4))
    }
  }

  return event => {
    const url = event?.hasSnapshot ? pictureUrl(event) : ''
    image.alt = event ? pictureWords(event) : ''
    if (url === shown) return
    // A better look replaces the one before in place; another event's picture must not stand in for it meanwhile.
    if (url.split('?')[0] !== shown.split('?')[0]) frame.classList.remove('seen')
    shown = url
    if (event) place(aspect === undefined ? WHOLE : cropOf(event.best, aspect))
    if (url) image.src = url
    else image.removeAttribute('src')
  }
}
