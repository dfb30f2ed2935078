import { readdirSync, readFileSync } from 'node:fs'
import { childrenOf } from '../../test/fixtures/camera.js'
import type { Plant } from './plant.js'

/** What the service's process held at one moment. */
export interface Sample {
  readonly second: number
  readonly rssMegabytes: number
  readonly descriptors: number
  readonly children: number
  readonly lagP99Ms: number
}

export async function sample(plant: Plant, second: number): Promise<Sample> {
  const { pid } = plant
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!
  const { runtime } = await plant.stats()
  return {
    second,
    rssMegabytes: Number(kilobytes) / 1024,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    children: childrenOf(pid).length,
    lagP99Ms: runtime.eventLoopLagMs.p99,
  }
}

export interface Line {
  readonly slope: number
  /** Standard error of the slope. */
  readonly error: number
}

/** Least squares. */
export function fitLine(points: readonly (readonly [number, number])[]): Line {
  const mean = (at: 0 | 1) => points.reduce((sum, point) => sum + point[at], 0) / points.length
  const [x, y] = [mean(0), mean(1)]
  const spread = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0)
  const slope = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0) / spread
  const rest = points.reduce((sum, point) => sum + (point[1] - y - slope * (point[0] - x)) ** 2, 0)
  return { slope, error: Math.sqrt(rest / (points.length - 2) / spread) }
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
