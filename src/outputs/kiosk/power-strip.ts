import { fitCanvas, part, setText, watchColours } from './dom.js'
import { amount, watts } from './numbers.js'
import { type Chart, type ChartOptions, layOut } from './power-chart.js'

const COLOURS = {
  decode: '--decode',
  gate: '--gate',
  scout: '--scout',
  expert: '--expert',
  audit: '--audit',
  p50: '--soft',
  max: '--decode',
  meter: '--ink',
  floor: '--line',
} as const

/** Shows what the last two minutes drew and how long frames took. */
export type PowerStrip = (shown: Omit<ChartOptions, 'width' | 'height'>) => void

/** Watts of each second, stacked by stage, over its latency; drawn when there is something new and the page is looked at. */
export function createPowerStrip(root: Element, signal: AbortSignal): PowerStrip {
  const canvas = part(root, 'power-strip', HTMLCanvasElement)
  const context = canvas.getContext('2d')
  const peakWatts = part(root, 'power-peak', HTMLElement)
  const peakMs = part(root, 'latency-peak', HTMLElement)
  const meterKey = part(root, 'meter-key', HTMLElement)
  let shown: Parameters<PowerStrip>[0] = { moments: [], everyMs: 1000, idleWatts: null }
  let scheduled = 0

  function schedule(): void {
    if (scheduled === 0 && !signal.aborted) scheduled = requestAnimationFrame(paint)
  }

  const colours = watchColours(COLOURS, schedule, signal)
  fitCanvas(canvas, schedule, signal)
  signal.addEventListener('abort', () => cancelAnimationFrame(scheduled))

  function paint(): void {
    scheduled = 0
    if (!context || canvas.width === 0) return
    const chart = layOut({ ...shown, width: canvas.width, height: canvas.height })
    context.clearRect(0, 0, canvas.width, canvas.height)
    drawFloors(context, chart)
    for (const { fill, x, y, width, height } of chart.bars) {
      context.fillStyle = colours()[fill]
      context.fillRect(x, y, width, height)
    }
    drawMeter(context, chart)
    tell(chart)
  }

  function drawFloors(context: CanvasRenderingContext2D, { floors }: Chart): void {
    const thick = Math.max(1, Math.round(window.devicePixelRatio))
    context.fillStyle = colours().floor
    for (const y of floors) context.fillRect(0, y - thick, canvas.width, thick)
  }

  function drawMeter(context: CanvasRenderingContext2D, { meter }: Chart): void {
    const thick = Math.max(1, Math.round(window.devicePixelRatio))
    context.strokeStyle = colours().meter
    context.lineWidth = thick
    context.beginPath()
    for (const line of meter) {
      // The line lies under its value, so that a peak at the very top is not cut in half.
      for (const [i, { x, y }] of line.entries()) {
        if (i === 0) context.moveTo(x, y + thick / 2)
        else context.lineTo(x, y + thick / 2)
      }
    }
    context.stroke()
  }

  function tell({ peakWatts: most, peakMs: longest, base }: Chart): void {
    setText(peakWatts, watts(most))
    setText(peakMs, longest === null ? '–' : `${amount(longest)} ms`)
    meterKey.hidden = base === null
    setText(meterKey, shown.idleWatts === null ? 'meter above its least' : 'meter above idle')
    canvas.setAttribute(
      'aria-label',
      `Last two minutes: at most ${watts(most)} above idle, latency at most ${amount(longest)} ms`,
    )
    canvas.dataset.newest = String(shown.moments.at(-1)?.atMs ?? '')
  }

  return newest => {
    shown = newest
    schedule()
  }
}
