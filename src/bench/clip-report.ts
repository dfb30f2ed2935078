import { basename } from 'node:path'
import type { Progress } from '../cli/progress.js'
import { chartSvg } from './chart.js'
import { type ContenderRun, runClip } from './clip-run.js'
import type { ContenderName } from './contenders.js'
import { markdownTable } from './markdown.js'
import type { Clip } from './material.js'
import { percentText, type Report, spreadText } from './report.js'
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
  const signal = new AbortController().signal
  const sparse = Math.max(1, Math.round(SPARSE_SECONDS * clip.fps))
  const run = (names: readonly ContenderName[], budgetMillijoules: number, onFrame = () => {}) =>
    runClip({
      clip,
      names,
      loops: onFrame === idle ? 1 : loops,
      open: bench.open,
      energy: bench.energy,
      contenders: { ...bench, budgetMillijoules, sparse },
      signal,
      onFrame,
    })
  // a first run, not counted: it warms the machine up, and tells what half a budget is
  const warm = await run(['cascade'], 1, idle)
  const alone = warm.find(({ name }) => name === 'cascade')!
  const budget = options.budget ?? mean(alone.millijoules) / 2
  const progress = options.progress(options.runs * loops * alone.frames)
  const runs: ContenderRun[][] = []
  for (let i = 0; i < options.runs; i++) {
    runs.push(await run(options.names, budget, () => progress.advance(`run ${i + 1}`)))
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
    json: { machine, energy: bench.energy.source, runs: options.runs, ...material, rows },
    markdown: markdownOf(rows, material, options.runs, bench),
    charts: { cost: chartOf(rows, material.path) },
  }
}

const idle = () => {}

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
  const worst = (read: (run: ContenderRun) => number | null) =>
    own.map(read).reduce((a, b) => (a === null || b === null ? null : Math.min(a, b)))
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

function markdownOf(
  rows: readonly Row[],
  { path, fps, frames, events }: Material,
  runs: number,
  { machine, energy }: Workbench,
): string {
  const number = { align: 'right' } as const
  const columns = [
    { title: 'policy' },
    { title: 'CPU ms per frame', ...number },
    { title: 'of expert-only', ...number },
    { title: 'of motion+expert', ...number },
    { title: `mJ per frame (${energy.method} ±${100 * energy.uncertainty} %)`, ...number },
    { title: 'gate / scout / expert', ...number },
    { title: 'events', ...number },
    { title: 'coverage', ...number },
    { title: 'boxes', ...number },
    { title: 'false', ...number },
    { title: 'delay ms p50 / p95', ...number },
    { title: 'latency ms p50 / p95 / p99', ...number },
  ]
  const ratio = (comparison: Row['againstExpert']) =>
    comparison === null ? '' : spreadText(comparison.ratio, 3)
  const delay = (ms: number | null) => (ms === null ? 'never' : ms.toFixed(0))
  const cells = rows.map(row => [
    row.name,
    spreadText(row.cpuMs, 2),
    ratio(row.againstExpert),
    ratio(row.againstMotion),
    spreadText(row.millijoules, 2),
    [row.exits.gate, row.exits.scout, row.exits.expert]
      .map(count => percentText(count / frames))
      .join(' / '),
    percentText(row.eventRecall),
    percentText(row.coverage),
    percentText(row.boxRecall),
    percentText(row.falseShare.median),
    `${delay(row.delayMs.median)} / ${delay(row.delayMs.p95)}`,
    [row.latencyMs.p50, row.latencyMs.p95, row.latencyMs.p99]
      .map(({ median }) => median.toFixed(1))
      .join(' / '),
  ])
  const budget = rows.flatMap(({ budget }) => budget ?? [])[0]
  return [
    `**${path}**: ${frames} frames at ${fps} per second, ${events} events. ${machine}; medians of ${runs} interleaved runs (smallest-largest).\n`,
    markdownTable(columns, cells),
    ...(budget === undefined
      ? []
      : [
          `Budget: ${budget.target.toFixed(2)} mJ per frame asked for; in the second half of the run ${spreadText(budget.secondHalf, 2)}.\n`,
        ]),
  ].join('\n')
}

/** What each contender costs against how much of what the expert saw it shows. */
function chartOf(rows: readonly Row[], path: string): string {
  return chartSvg({
    title: `${path}: what it costs to see it`,
    x: { label: 'processor milliseconds per frame', include: 0 },
    y: { label: "share of the expert's boxes that were shown", include: 1 },
    series: rows.map(({ name, cpuMs, boxRecall }) => ({
      kind: 'scatter' as const,
      points: [{ x: cpuMs.median, y: boxRecall ?? 0, label: name }],
    })),
  })
}
