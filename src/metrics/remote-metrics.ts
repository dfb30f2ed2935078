import type { RemoteStatus } from '../cascade/remote/status.js'
import type { Gauges } from './gauges.js'

/** How asking an expert on a server goes. */
export interface RemoteReadings {
  /** null: none is configured. */
  remote(): RemoteStatus | null
}

/** No lines where no server is configured. How long frames wait for it is in `squint_stage_seconds{stage="remote"}`. */
export function addRemoteMetrics(
  { gauge, counter, counters }: Gauges,
  { remote }: RemoteReadings,
): void {
  gauge('squint_remote_up', '1 while the expert on the server is asked', () => {
    const status = remote()
    return status && (status.state === 'closed' ? 1 : 0)
  })
  counter(
    'squint_remote_requests_total',
    'Pictures that the server was asked about',
    () => remote()?.requests ?? null,
  )
  counters(
    'squint_remote_failures_total',
    'Of those, the ones it gave no answer to: too slow, no connection, a refusal, an answer that says nothing',
    ['reason'],
    () =>
      Object.entries(remote()?.failures ?? {}).map(
        ([reason, count]) => [{ reason }, count] as const,
      ),
  )
  counter(
    'squint_remote_fallbacks_total',
    'Pictures that the local expert looked at in its place',
    () => remote()?.fallbacks ?? null,
  )
}
