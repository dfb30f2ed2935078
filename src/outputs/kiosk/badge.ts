import type { Result } from '../../events/result.js'
import { part, setEye, setText } from './dom.js'
import { reasonWords } from './reason-words.js'
import { inView } from './words.js'

export interface Badge {
  show(result: Result): void
  /** Nothing is looked at. */
  showOff(): void
  /** Nothing is known yet. */
  clear(): void
}

/** Where the newest frame stopped and what is in view, in large letters. */
export function createBadge(tile: HTMLElement): Badge {
  const eye = part(tile, 'eye', SVGUseElement)
  const [stage, reason] = [part(tile, 'stage', HTMLElement), part(tile, 'reason', HTMLElement)]
  const sentence = part(tile, 'sentence', HTMLElement)

  function blank(words: readonly [stage: string, reason: string], exit: string): void {
    tile.dataset.exit = exit
    delete tile.dataset.stage
    setEye(eye, 'none')
    setText(stage, words[0])
    setText(reason, words[1])
    setText(sentence, '')
  }

  return {
    show({ exit, detections }) {
      tile.dataset.exit = `${exit.stage}/${exit.reason}`
      tile.dataset.stage = exit.stage
      setEye(eye, exit.stage)
      setText(stage, exit.stage)
      setText(reason, reasonWords(exit.reason))
      setText(sentence, inView({ detections }))
    },
    showOff: () => blank(['off', 'detection is switched off'], 'off'),
    clear: () => blank(['–', ''], ''),
  }
}
