import type { CameraEvent } from '../../events/event.js'
import { pictureWords } from './event-words.js'

/** Where the picture of an event is had. A better look has another address: the one before may be kept by the browser. */
export function pictureUrl({ id, best }: CameraEvent): string {
  return `/api/events/${encodeURIComponent(id)}/snapshot.jpeg?frame=${best.frame}`
}

/** Shows the whole picture of an event; undefined: nothing. */
export type EventPicture = (event: CameraEvent | undefined) => void

/** @param frame gets the class `seen` while there is a picture; what is not there is asked for again when the event has changed */
export function createEventPicture(frame: HTMLElement, image: HTMLImageElement): EventPicture {
  let shown = ''
  image.addEventListener('load', () => frame.classList.add('seen'))
  image.addEventListener('error', () => {
    frame.classList.remove('seen')
    shown = ''
  })

  return event => {
    const url = event?.hasSnapshot ? pictureUrl(event) : ''
    image.alt = event ? pictureWords(event) : ''
    if (url === shown) return
    // A better look replaces the one before in place; another event's picture must not stand in for it meanwhile.
    if (url.split('?')[0] !== shown.split('?')[0]) frame.classList.remove('seen')
    shown = url
    if (url) image.src = url
    else image.removeAttribute('src')
  }
}
