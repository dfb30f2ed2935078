import type { Result } from '../../events/result.js'
import { setText } from './dom.js'
import type { Notice } from './state.js'
import { inView } from './words.js'

/** A screen reader hears what is in view at most this often. */
const SPEAK_MS = 5000

export type Speaker = (notice: Notice | undefined, result: Result | undefined) => void

/** Says in a live region, and on the canvas, what the picture shows. Trouble is said at once. */
export function createSpeaker(region: Element, canvas: Element, name: string): Speaker {
  let spokenAt = Number.NEGATIVE_INFINITY
  return (notice, result) => {
    const now = performance.now()
    if (!notice && (!result || now - spokenAt < SPEAK_MS)) return
    const sentence = notice?.spoken ?? (result ? inView(result) : '')
    if (region.textContent === sentence) return
    if (!notice) spokenAt = now
    setText(region, sentence)
    const what = notice ? 'Picture' : 'Live picture'
    canvas.setAttribute('aria-label', `${what} of ${name}: ${sentence}`)
  }
}
