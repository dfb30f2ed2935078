import type { AuditSnapshot } from '../cascade/audit.js'
import type { Gauges } from './gauges.js'

/** What audits of each camera's frames have shown. */
export interface AuditReadings {
  audits(): readonly (AuditSnapshot & { readonly camera: string })[]
}

/** How often what was shown agrees with what the expert sees. */
export function addAuditMetrics({ gauges, counters }: Gauges, { audits }: AuditReadings): void {
  counters(
    'squint_audit_frames_total',
    'Frames that stopped early and that the expert has looked at all the same',
    ['camera'],
    () => audits().map(({ camera, audited }) => [{ camera }, audited]),
  )
  share('agreement', 'Objects on audited frames that were shown and that the expert sees')
  share('missed', 'Objects of the expert on audited frames that were not shown')
  share('falsePositives', 'Objects shown on audited frames that the expert does not see')

  /** Share and bounds of its 95 % interval (Wilson), once something was counted. */
  function share(what: 'agreement' | 'missed' | 'falsePositives', help: string): void {
    gauges(
      `squint_audit_${what === 'falsePositives' ? 'false_positives' : what}_ratio`,
      `${help}; bound low and high: 95 % interval`,
      ['camera', 'bound'],
      () =>
        audits().flatMap(({ camera, [what]: { share, low, high } }) =>
          share === null
            ? []
            : [
                [{ camera, bound: 'value' }, share] as const,
                [{ camera, bound: 'low' }, low] as const,
                [{ camera, bound: 'high' }, high] as const,
              ],
        ),
    )
  }
}
