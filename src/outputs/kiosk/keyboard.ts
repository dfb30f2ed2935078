export interface KeyboardActions {
  /** Step to another camera: the next one, the previous one, or one row up or down in the grid. */
  readonly step: (dx: number, dy: number) => void
  /** The nth camera, from 0. */
  readonly choose: (index: number) => void
  readonly grid: () => void
  /** Somebody is doing something else with the keys. */
  readonly isBusy: () => boolean
}

const STEPS: { readonly [key: string]: readonly [number, number] } = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** Arrow keys and digits choose a camera, Escape goes back to the grid; Enter is the focused button's own. */
export function listenToKeyboard(actions: KeyboardActions, signal: AbortSignal): void {
  document.addEventListener(
    'keydown',
    event => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return
      if (actions.isBusy() || isTyping(event.target)) return
      const step = STEPS[event.key]
      if (step) actions.step(step[0], step[1])
      else if (/^[1-9]$/.test(event.key)) actions.choose(Number(event.key) - 1)
      else if (event.key === 'Escape') actions.grid()
      else return
      event.preventDefault()
    },
    { signal },
  )
}

/** Letters and arrows belong to the field that has them. */
function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement
}
