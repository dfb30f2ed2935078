import { setText } from './dom.js'

/** Within which the second press must come. */
const PATIENCE_MS = 4000

/**
 * A button that loses something asks once more, in its own words, instead of a window of the browser's, which a kiosk may not show.
 * @param sure what it says then; undefined: nothing would be lost, and one press is enough
 */
export function pressTwice(
  button: HTMLButtonElement,
  sure: () => string | undefined,
  onPress: () => void,
  signal: AbortSignal,
): void {
  const words = button.textContent ?? ''
  let asking: ReturnType<typeof setTimeout> | undefined

  function calm(): void {
    clearTimeout(asking)
    asking = undefined
    setText(button, words)
    button.classList.remove('sure')
  }

  button.addEventListener(
    'click',
    () => {
      const question = sure()
      if (question === undefined || asking !== undefined) {
        calm()
        onPress()
        return
      }
      setText(button, question)
      button.classList.add('sure')
      asking = setTimeout(calm, PATIENCE_MS)
    },
    { signal },
  )
  signal.addEventListener('abort', () => clearTimeout(asking))
}
