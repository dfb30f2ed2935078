import { Registry } from 'prom-client'
import t from 'tap'
import { addBoardMetrics } from '../../src/metrics/board-metrics.js'
import { createGauges } from '../../src/metrics/gauges.js'
import type { BoardState } from '../../src/power/board/board-state.js'
import { boardStateFixture, unknownBoard } from '../fixtures/power.js'

async function linesOf(board: BoardState): Promise<string[]> {
  const registry = new Registry()
  addBoardMetrics(createGauges(registry), () => board)
  return (await registry.metrics()).split('\n').filter(line => !/^#|^$/.test(line))
}

t.test('all that a board can tell is told', async t => {
  t.same(await linesOf(boardStateFixture({ throttled: true })), [
    'squint_temperature_celsius 61.5',
    'squint_throttled 1',
    'squint_under_voltage 0',
    'squint_cpu_frequency_hertz{policy="policy0"} 2400000000',
    'squint_gpu_load_ratio 0.25',
    'squint_over_current_events_total{channel="oc1"} 3',
    'squint_pressure_ratio{resource="cpu"} 0.125',
    'squint_pressure_ratio{resource="memory"} 0',
    'squint_pressure_ratio{resource="io"} 0.01',
  ])
})

t.test('what a board cannot tell has no line: a zero would be a claim', async t => {
  t.same(await linesOf(unknownBoard), [])
  t.same(await linesOf({ ...unknownBoard, gpu: { load: null, hertz: 6e8 } }), [])
})
