import { fitLine, quantile, type Sample } from './meter.js'
import type { Stats } from './plant.js'
import { LIMIT_MS, type Suffered } from './recovery.js'

/** Megabytes by which resident memory may grow besides: what fragments, and what a longer run would see shrink again; more where things go wrong. */
const SPARE_MB = { calm: 2, faults: 8 }
/** Two minutes. */
const MIN_SAMPLES = 24
const MAX_SLOPE_MB_PER_HOUR = 1
/** At the median of all minutes: other programs share the machine. */
const MAX_LAG_MS = 20
const MAX_HTTP_MS = 2000
/** Of the camera that nothing is wrong with. */
const MAX_BYSTANDER_MS = 3000

export interface Check {
  readonly what: string
  readonly found: string
  readonly limit: string
  readonly fine: boolean
}

export interface Run {
  readonly samples: readonly Sample[]
  readonly warmUpSeconds: number
  /** Second from which memory should not grow. */
  readonly memoryFrom: number
  readonly suffered: readonly Suffered[]
  readonly last: Stats
  /** Frames that a viewer of the camera without faults saw per second. */
  readonly streetFps: number
  readonly exitCode: number | null
}

const number = (value: number) => value.toFixed(1)

function judgeFaults(suffered: readonly Suffered[], streetFps: number): readonly Check[] {
  const worst = Math.max(...suffered.flatMap(({ recoveredMs }) => Object.values(recoveredMs)))
  const missing = suffered.flatMap(({ fault, missing }) => missing.map(one => `${one} (${fault})`))
  const http = Math.max(...suffered.map(({ httpMs }) => httpMs))
  const bystander = Math.max(...suffered.map(({ bystanderMs }) => bystanderMs))
  return [
    {
      what: 'every fault recovered from, without a human',
      found:
        missing.length > 0 ? `not: ${missing.join(', ')}` : `at most ${number(worst / 1000)} s`,
      limit: `${LIMIT_MS / 1000} s`,
      fine: missing.length === 0 && worst <= LIMIT_MS,
    },
    {
      what: 'frames of a camera without faults, longest wait',
      found: `${bystander} ms, ${number(streetFps)} frames/s`,
      limit: `${MAX_BYSTANDER_MS} ms`,
      fine: bystander <= MAX_BYSTANDER_MS,
    },
    {
      what: 'answers by HTTP, longest wait',
      found: `${http} ms`,
      limit: `${MAX_HTTP_MS} ms`,
      fine: http <= MAX_HTTP_MS,
    },
  ]
}

/** Nothing of a run that is too short to tell. */
function judgeMemory(samples: readonly Sample[], spareMb: number): readonly Check[] {
  if (samples.length < MIN_SAMPLES) return []
  const hours = (samples.at(-1)!.second - samples[0]!.second) / 3600
  const rss = fitLine(samples.map(({ second, rssMegabytes }) => [second / 3600, rssMegabytes]))
  const grown = rss.slope * hours
  return [
    {
      what: 'resident memory, fitted once all has been seen',
      found: `${number(rss.slope)} ± ${number(2 * rss.error)} MB/h, ${number(grown)} MB in ${hours.toFixed(2)} h`,
      limit: `${MAX_SLOPE_MB_PER_HOUR} MB/h and ${spareMb} MB`,
      fine: grown <= MAX_SLOPE_MB_PER_HOUR * hours + spareMb,
    },
  ]
}

/** Says what was promised, what was found, and whether that is fine. */
export function judge({ samples, warmUpSeconds, suffered, last, ...run }: Run): readonly Check[] {
  const after = samples.filter(({ second }) => second >= warmUpSeconds)
  const descriptors = drift(after, 'descriptors')
  const children = drift(after, 'children')
  const lag = after.map(({ lagP99Ms }) => lagP99Ms)
  const { journal, mqtt, webhooks } = last.events
  return [
    ...(suffered.length > 0 ? judgeFaults(suffered, run.streetFps) : []),
    ...judgeMemory(
      samples.filter(({ second }) => second >= run.memoryFrom),
      suffered.length > 0 ? SPARE_MB.faults : SPARE_MB.calm,
    ),
    {
      what: 'open descriptors, first and last quarter',
      found: `${descriptors.first} -> ${descriptors.last}`,
      limit: 'no more',
      fine: descriptors.last <= descriptors.first + 1,
    },
    {
      what: 'child processes, first and last quarter',
      found: `${children.first} -> ${children.last}`,
      limit: 'no more',
      fine: children.last <= children.first,
    },
    {
      what: 'event loop lag, 99th percentile of each minute',
      found: `median ${number(quantile(lag, 0.5))} ms, worst ${number(Math.max(...lag))} ms`,
      limit: `median ${MAX_LAG_MS} ms`,
      fine: quantile(lag, 0.5) <= MAX_LAG_MS,
    },
    ...last.cameras.map(({ status, analysed, stale, failed }) => {
      const { id, frames, dropped } = status
      const missing = frames - analysed - stale - failed - dropped
      return {
        what: `frames of ${id} accounted for`,
        found: `${frames} in: ${analysed} analysed, ${dropped} replaced, ${stale} too old, ${failed} failed, ${missing} under way; ${status.lost} torn, ${status.restarts} restarts`,
        // one may be in the mailbox and one in the thread
        limit: '2 under way',
        fine: missing >= 0 && missing <= 2,
      }
    }),
    {
      what: 'journal',
      found: `${journal.events} events, ${journal.unwritten} late, ${journal.damaged} damaged, ${journal.error ?? 'written'}`,
      limit: 'written, none damaged',
      fine: journal.error === null && journal.damaged === 0,
    },
    ...mqtt.map(({ connected, dropped, waiting }) => ({
      what: 'MQTT',
      found: `${connected ? 'connected' : 'not connected'}, ${waiting} waiting, ${dropped} dropped`,
      limit: 'connected',
      fine: connected,
    })),
    ...webhooks.map(({ delivered, failed, dropped, waiting }) => ({
      what: 'webhooks',
      found: `${delivered} delivered, ${failed} given up, ${dropped} dropped, ${waiting} waiting`,
      limit: 'delivered',
      fine: delivered > 0,
    })),
    {
      what: 'stop',
      found: run.exitCode === null ? 'did not end' : `exit code ${run.exitCode}`,
      limit: 'exit code 0',
      fine: run.exitCode === 0,
    },
  ]
}

/** The least of the first and of the last quarter: faults come and go between. */
function drift(samples: readonly Sample[], what: 'descriptors' | 'children') {
  const quarter = Math.max(1, Math.floor(samples.length / 4))
  const least = (some: readonly Sample[]) => Math.min(...some.map(sample => sample[what]))
  return { first: least(samples.slice(0, quarter)), last: least(samples.slice(-quarter)) }
}

/** One line for each. */
export function table(checks: readonly Check[]): string {
  return checks
    .map(
      ({ what, found, limit, fine }) =>
        `${fine ? 'ok     ' : 'NOT OK '} ${what}: ${found} (limit: ${limit})\n`,
    )
    .join('')
}
