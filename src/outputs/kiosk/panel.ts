import type { CameraStatus } from '../../camera/camera.js'
import type { Result } from '../../events/result.js'
import { part, setShare, setText } from './dom.js'
import { amount, count, percent, percentRange, rate, stageAmount } from './numbers.js'
import { methodWords, savedWords } from './power-words.js'
import type { CameraStats, TimedStage } from './stats.js'

/** All that the numbers beside one picture are made of. */
export interface PanelState {
  readonly result: Result | undefined
  readonly stats: CameraStats | undefined
  readonly status: CameraStatus
}

export type Panel = (state: PanelState) => void

const STAGES = ['queue', 'decode', 'gate', 'scout', 'expert'] as const

/** Fills the latency, energy and camera figures of one tile; returns the function that does it. */
export function createPanel(root: Element): Panel {
  const text = (name: string): HTMLElement => part(root, name, HTMLElement)
  const rows = new Map(
    [...STAGES, 'total' as const].map((stage: TimedStage) => {
      const row = text(`latency-${stage}`)
      const cell = (name: string): HTMLElement => part(row, name, HTMLElement)
      return [stage, { row, now: cell('now'), p50: cell('p50'), p95: cell('p95') }]
    }),
  )
  const energy = {
    method: text('energy-method'),
    now: text('energy-now'),
    mean: text('energy-mean'),
    meanRow: text('energy-mean-row'),
    nowRow: text('energy-now-row'),
    expert: text('energy-expert'),
    expertRow: text('energy-expert-row'),
    saved: text('energy-saved'),
    savedWords: text('energy-saved-words'),
    byExit: { gate: text('exit-gate'), scout: text('exit-scout'), expert: text('exit-expert') },
  }
  const shares = {
    gate: text('share-gate'),
    scout: text('share-scout'),
    expert: text('share-expert'),
  }
  const camera = { fps: text('fps'), analysed: text('analysed'), dropped: text('dropped') }
  const audit = {
    audited: text('audited'),
    agreement: text('audit-agreement'),
    range: text('audit-range'),
    missed: text('audit-missed'),
    falsePositives: text('audit-false'),
  }
  const brief = text('brief')

  function showLatency(result: Result | undefined, stats: CameraStats | undefined): void {
    const total = result?.timingsMs.total ?? 0
    for (const [stage, cells] of rows) {
      const now = result?.timingsMs[stage]
      setText(cells.now, stageAmount(now))
      setText(cells.p50, amount(stats?.latencyMs[stage].p50))
      setText(cells.p95, amount(stats?.latencyMs[stage].p95))
      setShare(cells.row, total > 0 && now !== undefined ? now / total : 0)
    }
  }

  function showEnergy(result: Result | undefined, stats: CameraStats | undefined): void {
    const now = result?.energyMj.total ?? null
    const { mean = null, expertOnly = null, savedShare = null, meanByExit } = stats?.energyMj ?? {}
    const distinguishable = stats?.energyMj.distinguishable ?? null
    const longest = Math.max(now ?? 0, mean ?? 0, expertOnly ?? 0)
    setText(energy.now, amount(now))
    setText(energy.mean, amount(mean))
    setText(energy.expert, amount(expertOnly))
    setShare(energy.nowRow, (now ?? 0) / longest)
    setShare(energy.meanRow, (mean ?? 0) / longest)
    setShare(energy.expertRow, (expertOnly ?? 0) / longest)
    const saved = percent(savedShare === null ? null : Math.abs(savedShare))
    setText(energy.saved, distinguishable === false ? '≈' : saved)
    setText(energy.savedWords, savedWords(savedShare, distinguishable))
    setText(energy.byExit.gate, amount(meanByExit?.gate))
    setText(energy.byExit.scout, amount(meanByExit?.scout))
    setText(energy.byExit.expert, amount(meanByExit?.expert))
    // The means stay when nothing is looked at any more, and so does what they are worth.
    if (!result) return
    setText(energy.method, methodWords(result.energyMj.method, result.energyMj.uncertainty))
  }

  function showAudit(stats: CameraStats | undefined): void {
    const { audited = 0, agreement, missed, falsePositives } = stats?.audit ?? {}
    const range = agreement && audited > 0 ? `(${percentRange(agreement.low, agreement.high)})` : ''
    const none = stats ? 'not audited yet' : ''
    setText(audit.audited, audited > 0 ? `${count(audited)} audited` : none)
    setText(audit.agreement, percent(agreement?.share))
    setText(audit.range, range)
    setText(audit.missed, percent(missed?.share))
    setText(audit.falsePositives, percent(falsePositives?.share))
  }

  return ({ result, stats, status }) => {
    showLatency(result, stats)
    showEnergy(result, stats)
    showAudit(stats)
    setText(shares.gate, percent(stats?.exitShares.gate))
    setText(shares.scout, percent(stats?.exitShares.scout))
    setText(shares.expert, percent(stats?.exitShares.expert))
    setText(camera.fps, rate(status.fps))
    setText(camera.analysed, rate(stats?.fps))
    setText(camera.dropped, count(status.dropped))
    setText(brief, briefly(result, status))
  }
}

/** One line for a tile of the grid. */
function briefly(result: Result | undefined, status: CameraStatus): string {
  if (!result) return ''
  const { method, uncertainty, total } = result.energyMj
  const energy = `${amount(total)} mJ ${methodWords(method, uncertainty)}`
  const saving = result.budget ? ' · saving' : ''
  return `${amount(result.timingsMs.total)} ms · ${energy} · ${rate(status.fps)} fps${saving}`
}
