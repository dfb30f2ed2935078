import { basename } from 'node:path'
import type { Progress } from '../cli/progress.js'
import { chartSvg } from './chart.js'
import { type ContenderRun, runClip } from './clip-run.js'
import type { ContenderName } from './contenders.js'
import { markdownTable } from './markdown.js'
import type { Clip } from './material.js'
import { measuredText, percentText, type Report, spreadText } from './report.js'
import { compareRounds, mean, percentile, spreadOf } from './summary.js'
import type { Workbench } from './workbench.js'

export interface ClipBenchOptions {
  readonly clip: Clip
  readonly bench: Workbench
  readonly names: readonly ContenderName[]
  readonly runs: number
  readonly loops: number
  /** Millijoules per frame for `cascade+budget`; left out: half of what `cascade` takes. */
  readonly budget: number | undefined
  progress(total: number): Progress
}

/** The expert looks so often in `sparse-expert`: a little under half a second, as the cascade does at its quickest. */
const SPARSE_SECONDS = 0.4

/** Runs the contenders and says what each costs and misses, in medians over the runs, and how they compare run by run. */
export async function benchClip(options: ClipBenchOptions): Promise<Report> {
  const { clip, bench, loops } = options
  const sparse = Math.max(1, Math.round(SPARSE_SECONDS * clip.fps))
  const { open, energy } = bench
  const contendersFor = (budgetMillijoules: number) => ({ ...bench, budgetMillijoules, sparse })
  // a first run, not counted: it warms the machine up, and tells how long the clip is and what half a budget is
  const warmUp = { clip, names: ['cascade'], loops: 1, open, energy, onFrame() {} } as const
  const [, alone] = await runClip({
    ...warmUp,
    contenders: contendersFor(Number.POSITIVE_INFINITY),
  })
  const { frames, millijoules } = alone!
  const budget = options.budget ?? mean(millijoules) / 2
  const contenders = contendersFor(budget)
  const progress = options.progress(options.runs * loops * frames)
  const runs: ContenderRun[][] = []
  for (let i = 0; i < options.runs; i++) {
    const onFrame = () => progress.advance(`run ${i + 1} of ${options.runs}`)
    runs.push(
      await runClip({ clip, names: options.names, loops, open, energy, contenders, onFrame }),
    )
  }
  progress.close()
  const rows = runs[0]!.map((_, which) => summarise(runs, which, budget))
  const { path, fps } = clip
  const { machine } = bench
  const material = {
    path: basename(path),
    fps,
    frames: runs[0]![0]!.frames,
    events: runs[0]![0]!.score.outcomes.length,
  }
  return {
    json: { machine, energy: energy.knowledge().source, runs: options.runs, ...material, rows },
    markdown: markdownOf(rows, material, options.runs, bench),
    charts: chartsOf(rows, material.path),
  }
}

type Row = ReturnType<typeof summarise>

/** One contender over all runs. @param which its place in each run; the expert on every frame is at 0 */
function summarise(runs: readonly ContenderRun[][], which: number, budget: number) {
  const own = runs.map(run => run[which]!)
  const first = own[0]!
  const motion = runs[0]!.findIndex(({ name }) => name === 'motion+expert')
  const against = (other: number) =>
    other < 0 || other === which
      ? null
      : compareRounds(
          own.map(run => run.cpuMs),
          runs.map(run => run[other]!.cpuMs),
        )
  const spread = (read: (run: ContenderRun) => number) => spreadOf(own.map(read))
  const worst = (read: (run: ContenderRun) => number | null) => {
    const shares = own.map(read).filter(share => share !== null)
    return shares.length === 0 ? null : Math.min(...shares)
  }
  const late = (run: ContenderRun) => run.millijoules.slice(run.millijoules.length >> 1)
  return {
    name: first.name,
    cpuMs: spread(run => run.cpuMs),
    framesPerSecond: spread(run => 1000 / run.cpuMs),
    latencyMs: {
      p50: spread(run => percentile(run.latencyMs, 0.5)),
      p95: spread(run => percentile(run.latencyMs, 0.95)),
      p99: spread(run => percentile(run.latencyMs, 0.99)),
    },
    millijoules: spread(run => mean(run.millijoules)),
    ...(first.name === 'cascade+budget' && {
      budget: { target: budget, secondHalf: spread(run => mean(late(run))) },
    }),
    exits: first.exits,
    reasons: first.reasons,
    /** The worst run counts. */
    eventRecall: worst(run => run.score.eventRecall),
    coverage: worst(run => run.score.coverage),
    boxRecall: worst(run => run.score.boxRecall),
    falseShare: spread(run => run.score.falseShare ?? 0),
    delayMs: first.score.delayMs,
    againstExpert: against(0),
    againstMotion: against(motion),
  }
}

interface Material {
  readonly path: string
  readonly fps: number
  readonly frames: number
  readonly events: number
}

const LEGEND = `
- **CPU ms**: of all threads; unpacking a video, which all share, is not counted.
- **gate / scout / expert**: the frames at which each had the last word; at the gate no network ran.
- **events**: of the objects that the expert saw for at least a second, those that were reported; **coverage**: of their frames, those in which they were shown; **boxes**: of all boxes that the expert would show, those that were shown. The worst run counts.
- **false**: of the boxes that were shown, those of which the expert knows nothing within a second.
- **delay**: from an event's first frame to its first report.
`

function markdownOf(
  rows: readonly Row[],
  { path, fps, frames, events }: Material,
  runs: number,
  bench: Workbench,
): string {
  const number = { align: 'right' } as const
  const ratio = (comparison: Row['againstExpert']) =>
    comparison === null ? '' : spreadText(comparison.ratio, 3)
  const never = events === 0 ? '–' : 'never'
  const delay = (ms: number | null) => ms?.toFixed(0) ?? never
  const costs = markdownTable(
    [
      { title: 'policy' },
      { title: 'CPU ms per frame', ...number },
      { title: 'of expert-only', ...number },
      { title: 'of motion+expert', ...number },
      { title: 'mJ per frame', ...number },
      { title: 'latency ms p50 / p95 / p99', ...number },
    ],
    rows.map(({ name, cpuMs, againstExpert, againstMotion, millijoules, latencyMs }) => [
      name,
      spreadText(cpuMs, 2),
      ratio(againstExpert),
      ratio(againstMotion),
      spreadText(millijoules, 2),
      [latencyMs.p50, latencyMs.p95, latencyMs.p99]
        .map(({ median }) => median.toFixed(1))
        .join(' / '),
    ]),
  )
  const seen = markdownTable(
    [
      { title: 'policy' },
      { title: 'gate / scout / expert', ...number },
      { title: 'events', ...number },
      { title: 'coverage', ...number },
      { title: 'boxes', ...number },
      { title: 'false', ...number },
      { title: 'delay ms p50 / p95', ...number },
    ],
    rows.map(({ name, exits, eventRecall, coverage, boxRecall, falseShare, delayMs }) => [
      name,
      [exits.gate, exits.scout, exits.expert].map(count => percentText(count / frames)).join(' / '),
      percentText(eventRecall),
      percentText(coverage),
      percentText(boxRecall),
      percentText(falseShare.median),
      `${delay(delayMs.median)} / ${delay(delayMs.p95)}`,
    ]),
  )
  const head = `**${path}**: ${frames} frames at ${fps} per second, events: ${events}. ${measuredText(bench, runs)}\n`
  const budgets = rows.flatMap(({ budget }) => budget ?? [])
  const kept = budgets.map(
    ({ target, secondHalf }) =>
      `Budget: ${target.toFixed(2)} mJ per frame asked for; in the second half of the run ${spreadText(secondHalf, 2)}.\n`,
  )
  return [head, costs, seen, ...kept].join('\n') + LEGEND
}

/** What each contender costs against how much of what the expert saw it shows; no chart if it saw nothing. */
function chartsOf(rows: readonly Row[], path: string): Report['charts'] {
  const series = rows.flatMap(({ name, cpuMs, boxRecall }) =>
    boxRecall === null
      ? []
      : [{ kind: 'scatter' as const, points: [{ x: cpuMs.median, y: boxRecall, label: name }] }],
  )
  if (series.length === 0) return {}
  const cost = chartSvg({
    title: `${path}: what it costs to see it`,
    x: { label: 'processor milliseconds per frame', include: 0 },
    y: { label: "share of the expert's boxes that were shown", include: 1 },
    series,
  })
  return { cost }
}
