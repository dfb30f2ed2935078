import type { Frame } from '../frame/frame.js'
import { codeOf } from '../lib/errors.js'
import { compareLooks } from './agreement.js'
import type { Audit, AuditSnapshot } from './audit.js'
import type { Cascade } from './cascade.js'
import type { Look, StageTimings } from './detection.js'

export interface AuditorOptions {
  readonly audit: Audit
  readonly cascade: Pick<Cascade, 'audit'>
  /** Told of every audit's work; returns its millijoules. */
  charge(timings: StageTimings): number
  /** An audited frame could not be looked at. */
  onError(error: unknown): void
}

/** Has frames that stopped early looked at by the expert in idle time, a few, one at a time. */
export interface Auditor {
  /** To be told of every frame that was looked at, once. */
  consider(frame: Frame, look: Look, millijoules: number): void
  snapshot(): AuditSnapshot
}

export function createAuditor({ audit, cascade, charge, onError }: AuditorOptions): Auditor {
  const spending = { millijoules: 0, auditMillijoules: 0, costMillijoules: 0 }
  let busy = false

  async function run({ picture }: Frame, { detections }: Look): Promise<void> {
    busy = true
    try {
      const audited = await cascade.audit(picture)
      const cost = charge(audited.timingsMs)
      spending.millijoules += cost
      spending.auditMillijoules += cost
      spending.costMillijoules = cost
      audit.record(compareLooks(detections, audited))
    } catch (error) {
      // whoever closes the cascade knows
      if (codeOf(error) !== 'CLOSED') onError(error)
    } finally {
      busy = false
    }
  }

  return {
    consider(frame, look, millijoules) {
      spending.millijoules += millijoules
      if (look.exit.stage === 'expert') {
        // what an audit will take is what the expert takes
        spending.costMillijoules = millijoules
        return
      }
      if (audit.due(spending) && !busy) void run(frame, look)
    },
    snapshot: audit.snapshot,
  }
}
