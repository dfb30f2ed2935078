import type { Stage } from '../../cascade/detection.js'
import type { Proportion } from '../../lib/wilson.js'
import { isFlag, isNumber, isText, listOf, nullable, optional, shape } from '../client/guards.js'
import { type BoardStats, isBoard, isPower, type PowerStats } from './power-stats.js'

/** Milliseconds; null where a stage never ran. */
export interface Spread {
  readonly p50: number | null
  readonly p95: number | null
}

export type TimedStage = 'queue' | 'decode' | 'gate' | 'scout' | 'expert' | 'total'

/** How often what was shown of the last audited frames agrees with what the expert sees on them. */
export interface AuditStats {
  readonly audited: number
  readonly agreement: Proportion
  readonly missed: Proportion
  readonly falsePositives: Proportion
}

export interface CameraStats {
  readonly id: string
  readonly fps: number | null
  readonly exitShares: { readonly gate: number; readonly scout: number; readonly expert: number }
  readonly latencyMs: { readonly [S in TimedStage]: Spread }
  readonly energyMj: {
    readonly mean: number | null
    readonly expertOnly: number | null
    readonly savedShare: number | null
    /** Of the frames that stopped at each stage; undefined: an older service. */
    readonly meanByExit: { readonly [S in Stage]: number | null } | undefined
    /** Whether the saving is more than its uncertainty; null: not known yet. */
    readonly distinguishable: boolean | null | undefined
  }
  /** null: this camera is not audited; undefined: an older service. */
  readonly audit: AuditStats | null | undefined
}

/** What the page needs of `GET /api/stats`. */
export interface Stats {
  readonly version: string
  readonly uptimeSeconds: number
  readonly models: { readonly scout: string | null; readonly expert: string | null }
  readonly power: PowerStats
  readonly board: BoardStats | undefined
  readonly runtime: { readonly rssBytes: number }
  readonly cameras: readonly CameraStats[]
}

const isProportion = shape<Proportion>({ share: nullable(isNumber), low: isNumber, high: isNumber })

const isAudit = shape<AuditStats>({
  audited: isNumber,
  agreement: isProportion,
  missed: isProportion,
  falsePositives: isProportion,
})

const isSpread = shape<Spread>({ p50: nullable(isNumber), p95: nullable(isNumber) })

const isStats = shape<Stats>({
  version: isText,
  uptimeSeconds: isNumber,
  models: shape<Stats['models']>({ scout: nullable(isText), expert: nullable(isText) }),
  power: isPower,
  board: optional(isBoard),
  runtime: shape<Stats['runtime']>({ rssBytes: isNumber }),
  cameras: listOf(
    shape<CameraStats>({
      id: isText,
      fps: nullable(isNumber),
      exitShares: shape<CameraStats['exitShares']>({
        gate: isNumber,
        scout: isNumber,
        expert: isNumber,
      }),
      latencyMs: shape<CameraStats['latencyMs']>({
        queue: isSpread,
        decode: isSpread,
        gate: isSpread,
        scout: isSpread,
        expert: isSpread,
        total: isSpread,
      }),
      energyMj: shape<CameraStats['energyMj']>({
        mean: nullable(isNumber),
        expertOnly: nullable(isNumber),
        savedShare: nullable(isNumber),
        meanByExit: optional(
          shape<NonNullable<CameraStats['energyMj']['meanByExit']>>({
            gate: nullable(isNumber),
            scout: nullable(isNumber),
            expert: nullable(isNumber),
          }),
        ),
        distinguishable: optional(nullable(isFlag)),
      }),
      audit: optional(nullable(isAudit)),
    }),
  ),
})

/** `unauthorized`: a token is needed. `foreign`: an answer, but not one that this page understands. */
export type StatsTrouble = 'unauthorized' | 'unreachable' | 'foreign'

const EVERY_MS = 2000
const TIMEOUT_MS = 5000

async function fetchStats(signal: AbortSignal): Promise<Stats | StatsTrouble> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
    const response = await fetch('/api/stats', { signal: limit, cache: 'no-store' })
    if (response.status === 401) return 'unauthorized'
    if (!response.ok) return 'unreachable'
    const body: unknown = await response.json()
    return isStats(body) ? body : 'foreign'
  } catch {
    return 'unreachable'
  }
}

/** Asks for the statistics every 2 s while somebody looks; a slow answer delays the next question. */
export async function pollStats(
  onStats: (answer: Stats | StatsTrouble) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    if (!document.hidden) onStats(await fetchStats(signal))
    await new Promise(resolve => setTimeout(resolve, EVERY_MS))
  }
}
