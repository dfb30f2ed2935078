import { part, setText } from './dom.js'
import { duration } from './numbers.js'
import { fold, type Moment, momentsOf } from './power-history.js'
import { createPowerNow } from './power-now.js'
import { pollHistory } from './power-poll.js'
import { createPowerStrip } from './power-strip.js'
import type { Stats } from './stats.js'

/** Shows the newest statistics; undefined: none can be had. */
export type Power = (stats: Stats | undefined) => void

/** The band of the whole service: what it drew in the last two minutes, and what it draws now. */
export function createPower(root: HTMLElement, signal: AbortSignal): Power {
  const showNow = createPowerNow(root)
  const showStrip = createPowerStrip(root, signal)
  const missing = part(root, 'power-missing', HTMLElement)
  const until = part(root, 'power-until', HTMLElement)
  let moments: readonly Moment[] = []
  let everyMs = 1000
  let idleWatts: number | null = null
  let heardAt = performance.now()

  function setFresh(fresh: boolean): void {
    root.dataset.fresh = String(fresh)
    // Nothing that is old is passed off as now.
    setText(until, fresh ? 'now' : `${duration(performance.now() - heardAt)} ago`)
  }

  void pollHistory(answer => {
    missing.hidden = answer !== 'missing'
    if (answer === 'missing') return
    setFresh(answer !== 'unreachable')
    if (answer === 'unreachable') return
    heardAt = performance.now()
    everyMs = answer.everySeconds * 1000
    const next = fold(moments, momentsOf(answer))
    if (next === moments) return
    moments = next
    showStrip({ moments, everyMs, idleWatts })
  }, signal)

  return stats => {
    showNow(stats?.power, stats?.board)
    // Without statistics the strip keeps the idle that it was drawn with.
    const idle = stats ? (stats.power.idle?.watts ?? null) : idleWatts
    if (idle === idleWatts) return
    idleWatts = idle
    showStrip({ moments, everyMs, idleWatts })
  }
}
