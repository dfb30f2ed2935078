import type { BoardState } from '../power/board/board-state.js'
import type { Gauges } from './gauges.js'

/** How the board fares. What it cannot tell has no line, and not a zero that would look like good news. */
export function addBoardMetrics(
  { gauge, gauges, counters }: Gauges,
  board: () => BoardState,
): void {
  gauge(
    'squint_temperature_celsius',
    'Hottest sensor on the chip; no line: none found',
    () => board().celsius,
  )
  gauge(
    'squint_throttled',
    '1 while the processor is slowed down because of heat or supply; no line: unknown',
    () => flag(board().throttled),
  )
  gauge('squint_under_voltage', '1 while the supply is too low; no line: unknown', () =>
    flag(board().underVoltage.now),
  )
  gauges(
    'squint_cpu_frequency_hertz',
    'Clock of the processors of a cpufreq policy',
    ['policy'],
    () =>
      board().clocks.flatMap(({ name, hertz }) =>
        hertz === null ? [] : [[{ policy: name }, hertz] as const],
      ),
  )
  gauge(
    'squint_gpu_load_ratio',
    'Share of time that the graphics processor is busy; no line: unknown',
    () => board().gpu?.load ?? null,
  )
  counters(
    'squint_over_current_events_total',
    'Moments since boot at which the supply could not keep up, as a Jetson counts them',
    ['channel'],
    () => board().overCurrent.map(({ name, events }) => [{ channel: name }, events]),
  )
  gauges(
    'squint_pressure_ratio',
    'Share of the last 10 s in which something waited for it (PSI, some avg10)',
    ['resource'],
    () => Object.entries(board().pressure ?? {}).map(([resource, share]) => [{ resource }, share]),
  )
}

function flag(value: boolean | null): number | null {
  return value === null ? null : Number(value)
}
