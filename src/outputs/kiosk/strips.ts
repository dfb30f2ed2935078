import type { Stage } from '../../cascade/detection.js'
import { fitCanvas, watchColours } from './dom.js'

/** Exits that the strip remembers. */
const LENGTH = 120
const COLOURS: { readonly [S in Stage]: string } = {
  gate: '--gate',
  scout: '--scout',
  expert: '--expert',
}
/** Height of a tick, so that the stages differ without colour as well. */
const HEIGHTS: { readonly [S in Stage]: number } = { gate: 0.22, scout: 0.55, expert: 1 }

export interface Strip {
  push(stage: Stage): void
  /** Draws if something changed. */
  paint(): void
}

/** One tick per analysed frame, the newest at the right: one sees how seldom the expert runs. */
export function createStrip(
  canvas: HTMLCanvasElement,
  onChange: () => void,
  signal: AbortSignal,
): Strip {
  const context = canvas.getContext('2d')
  let stages: Stage[] = []
  let dirty = true

  function touch(): void {
    dirty = true
    onChange()
  }

  fitCanvas(canvas, touch, signal)
  const colours = watchColours(COLOURS, touch, signal)

  return {
    push(stage) {
      stages.push(stage)
      if (stages.length > LENGTH) stages = stages.slice(-LENGTH)
      touch()
    },
    paint() {
      if (!dirty || !context || canvas.width === 0) return
      dirty = false
      context.clearRect(0, 0, canvas.width, canvas.height)
      // Whole pixels per tick, or the ticks would beat against the pixel grid.
      const pitch = Math.max(2, Math.floor(canvas.width / LENGTH))
      const width = Math.max(1, Math.ceil(pitch * 0.6))
      let x = canvas.width - width
      for (let i = stages.length - 1; i >= 0 && x >= 0; i--, x -= pitch) {
        const stage = stages[i] ?? 'gate'
        const height = Math.round(HEIGHTS[stage] * canvas.height)
        context.fillStyle = colours()[stage]
        context.fillRect(x, canvas.height - height, width, height)
      }
    },
  }
}
