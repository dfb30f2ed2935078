import { createDecisions, type Decision, type Run } from './decisions.js'
import { part, setEye, setText } from './dom.js'
import { fetchDecisions } from './explain.js'
import { timeOfDay, times } from './numbers.js'
import { groundsInBrief } from './words.js'

/** Lines at most, however tall the screen. */
const LINES = 16
/** Lines that move faster than this cannot be read. */
const PAINT_MS = 500

export interface DecisionList {
  add(decision: Decision): void
  /** Writes what has changed, seldom enough to be read. */
  paint(): void
}

/** The last decisions of one camera: as many lines as fit, and none moves while somebody reads them. */
export function createDecisionList(
  root: Element,
  camera: string,
  signal: AbortSignal,
): DecisionList {
  const list = part(root, 'decisions', HTMLOListElement)
  const section = part(root, 'decisions-section', HTMLElement)
  const button = part(root, 'decisions-hold', HTMLButtonElement)
  const lines = createLines(list)
  const decisions = createDecisions()
  // With a finger there is no hovering: a touch would hold the list until the next one.
  const canHover = matchMedia('(hover: hover)')
  let pressed = false
  let paintedAt = Number.NEGATIVE_INFINITY
  /** What arrives while the decisions before it are being fetched. */
  let waiting: Decision[] | undefined

  function paintNow(): void {
    paintedAt = Number.NEGATIVE_INFINITY
    paint()
  }

  const observer = new ResizeObserver(paintNow)
  observer.observe(list)
  signal.addEventListener('abort', () => observer.disconnect())
  button.addEventListener(
    'click',
    () => {
      pressed = !pressed
      button.setAttribute('aria-pressed', String(pressed))
      paintNow()
    },
    { signal },
  )

  function paint(): void {
    const now = performance.now()
    if (list.clientHeight === 0 || now - paintedAt < PAINT_MS) return
    paintedAt = now
    const held = pressed || (canHover.matches && list.matches(':hover'))
    section.dataset.held = String(held)
    if (held) return
    const fit = Math.floor(list.clientHeight / lines.height())
    // A screen without room for a line is spared the heading as well.
    section.dataset.fit = String(fit)
    lines.write(decisions.runs().slice(0, fit))
  }

  async function fill(first: Decision): Promise<void> {
    waiting = [first]
    const past = await fetchDecisions(camera, signal)
    if (past.length > 0) decisions.clear()
    for (const decision of past) decisions.add(decision)
    // The newest of the past may have arrived here as well.
    const newest = past.at(-1)?.frame.id ?? 0
    for (const decision of waiting) if (decision.frame.id > newest) decisions.add(decision)
    waiting = undefined
  }

  return {
    add(decision) {
      if (waiting) waiting.push(decision)
      else if (decisions.follows(decision) || list.clientHeight === 0) decisions.add(decision)
      else void fill(decision)
    },
    paint,
  }
}

/** Lines that are made once and written again and again. */
function createLines(list: HTMLOListElement) {
  const first = part(list, 'decision', HTMLLIElement)
  while (list.childElementCount < LINES) list.append(first.cloneNode(true))
  const lines = [...list.querySelectorAll('li')].map(line => ({
    line,
    time: part(line, 'decision-time', HTMLTimeElement),
    eye: part(line, 'decision-eye', SVGUseElement),
    stage: part(line, 'decision-stage', HTMLElement),
    reason: part(line, 'decision-reason', HTMLElement),
    frames: part(line, 'decision-frames', HTMLElement),
    grounds: part(line, 'decision-grounds', HTMLElement),
  }))

  function writeLine(cells: (typeof lines)[number], { atMs, exit, frames }: Run): void {
    cells.line.dataset.stage = exit.stage
    setText(cells.time, timeOfDay(atMs))
    cells.time.dateTime = new Date(atMs).toISOString()
    setEye(cells.eye, exit.stage)
    setText(cells.stage, exit.stage)
    setText(cells.reason, exit.reason)
    setText(cells.frames, times(frames))
    setText(cells.grounds, groundsInBrief(exit))
  }

  return {
    /** Pixels; all lines are equally high. */
    height: () => first.getBoundingClientRect().height,
    write(runs: readonly Run[]) {
      lines.forEach((cells, i) => {
        const run = runs[i]
        if (run) writeLine(cells, run)
        // Invisible, not gone: the first one is measured.
        cells.line.classList.toggle('blank', !run)
      })
    },
  }
}
