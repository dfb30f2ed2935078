import type { Stage } from '../../cascade/detection.js'
import type { Result } from '../../events/result.js'
import { part, setText } from './dom.js'
import { budgetWords, groundsWords, movedWords } from './words.js'

/** How long a stage's grounds stay, so that they can be read; those of a deeper stage need not wait. */
const HOLD_MS: { readonly [S in Stage]: number } = { gate: 500, scout: 1000, expert: 1500 }
const DEPTH: { readonly [S in Stage]: number } = { gate: 0, scout: 1, expert: 2 }

export type Why = (result: Result) => void

/** On what grounds looking stopped, and what a budget moved before: two lines that follow the frames at a reader's pace. */
export function createWhy(root: Element): Why {
  const line = part(root, 'why', HTMLElement)
  const exit = part(line, 'why-exit', HTMLElement)
  const grounds = part(line, 'why-grounds', HTMLElement)
  const budget = part(root, 'budget', HTMLElement)
  const budgetText = part(budget, 'budget-words', HTMLElement)
  const budgetFloor = part(budget, 'budget-floor', HTMLElement)
  const budgetMoved = part(budget, 'budget-moved', HTMLElement)
  let shown: Stage | undefined
  let shownAt = Number.NEGATIVE_INFINITY

  function showGrounds(result: Result): void {
    const { stage, reason } = result.exit
    const now = performance.now()
    const read = shown === undefined || now - shownAt >= HOLD_MS[shown]
    if (!read && DEPTH[stage] <= DEPTH[shown ?? 'gate']) return
    shown = stage
    shownAt = now
    line.dataset.stage = stage
    setText(exit, `${stage} · ${reason}`)
    setText(grounds, groundsWords(result.exit))
  }

  function showBudget({ budget: acting, energyMj }: Result): void {
    // Once one has acted its line stays reserved: it comes and goes.
    budget.classList.toggle('blank', !acting)
    if (!acting) return
    budget.hidden = false
    const moved = movedWords(acting)
    setText(budgetText, budgetWords(acting, energyMj))
    setText(budgetMoved, moved && ` · ${moved}`)
    budgetFloor.hidden = !acting.atFloor
  }

  return result => {
    showGrounds(result)
    showBudget(result)
  }
}
