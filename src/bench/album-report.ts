import { basename } from 'node:path'
import type { Progress } from '../cli/progress.js'
import { type PictureRun, runAlbum, WAYS, type Way } from './album-run.js'
import type { TrueBox } from './average-precision.js'
import { chartSvg } from './chart.js'
import { markdownTable } from './markdown.js'
import type { Album } from './material.js'
import { percentText, type Report, spreadText } from './report.js'
import { type RoutedPicture, type Routing, routingOf } from './routing.js'
import { mean, percentile, spreadOf } from './summary.js'
import type { Workbench } from './workbench.js'

export interface AlbumBenchOptions {
  readonly album: Album
  readonly bench: Workbench
  readonly runs: number
  /** True boxes by file name; left out: only costs are told. */
  readonly truth: ReadonlyMap<string, readonly TrueBox[]> | undefined
  progress(total: number): Progress
}

/** Looks at every picture in all ways and says what each costs and, with labels, what accuracy that buys. */
export async function benchAlbum(options: AlbumBenchOptions): Promise<Report> {
  const { album, bench, truth } = options
  const progress = options.progress(options.runs * album.files.length)
  const runs: PictureRun[][] = []
  for (let i = 0; i < options.runs; i++) {
    const onPicture = () => progress.advance(`run ${i + 1}`)
    runs.push(await runAlbum({ ...bench, album, onPicture }))
  }
  progress.close()
  const ways = WAYS.map(way => ({
    way,
    cpuMs: spreadOf(runs.map(run => mean(run.map(({ looks }) => looks[way].cpuMs)))),
    millijoules: spreadOf(runs.map(run => mean(run.map(({ looks }) => looks[way].millijoules)))),
  }))
  const asked = mean(runs[0]!.map(({ doubt }) => (doubt > bench.policy.doubtLimit ? 1 : 0)))
  const routing = truth && routingOf(routed(runs, truth))
  const path = basename(album.path)
  return {
    json: {
      machine: bench.machine,
      runs: options.runs,
      path,
      pictures: album.files.length,
      ways,
      askedAtDefault: asked,
      routing,
    },
    markdown: markdownOf(path, album.files.length, options.runs, ways, asked, routing, bench),
    charts: routing === undefined ? {} : { routing: chartOf(routing, path) },
  }
}

/** The pictures with their truth; of what each look took, the median over the runs. */
function routed(
  runs: readonly PictureRun[][],
  truth: ReadonlyMap<string, readonly TrueBox[]>,
): RoutedPicture[] {
  return runs[0]!.map(({ file, doubt, looks }, picture) => {
    const lookOf = (way: Way) => ({
      detections: looks[way].detections,
      cpuMs: percentile(
        runs.map(run => run[picture]!.looks[way].cpuMs),
        0.5,
      ),
    })
    return {
      truth: truth.get(file) ?? [],
      doubt,
      looks: {
        'scout-only': lookOf('scout-only'),
        'expert-only': lookOf('expert-only'),
        'never-ask': lookOf('never-ask'),
        'always-ask': lookOf('always-ask'),
      },
    }
  })
}

function markdownOf(
  path: string,
  pictures: number,
  runs: number,
  ways: readonly {
    way: Way
    cpuMs: ReturnType<typeof spreadOf>
    millijoules: ReturnType<typeof spreadOf>
  }[],
  asked: number,
  routing: Routing | undefined,
  { machine, energy, policy }: Workbench,
): string {
  const number = { align: 'right' } as const
  const costs = markdownTable(
    [
      { title: 'way' },
      { title: 'CPU ms per picture', ...number },
      { title: `mJ (${energy.method} ±${100 * energy.uncertainty} %)`, ...number },
    ],
    ways.map(({ way, cpuMs, millijoules }) => [
      way,
      spreadText(cpuMs, 2),
      spreadText(millijoules, 1),
    ]),
  )
  const head = `**${path}**: ${pictures} pictures. ${machine}; medians of ${runs} interleaved runs (smallest-largest). At the default doubtLimit of ${policy.doubtLimit} the expert is asked about ${percentText(asked)}.\n`
  if (routing === undefined) return `${head}\n${costs}`
  const points = routing.points.map(point => [
    percentText(point.asked, 0),
    Number.isFinite(point.doubtLimit) ? point.doubtLimit.toFixed(2) : '–',
    point.cpuMs.toFixed(2),
    percentText(point.cpuMs / routing.expert.cpuMs, 0),
    `${point.ap50.toFixed(3)} (${point.band.low.toFixed(3)}-${point.band.high.toFixed(3)})`,
    `${point.gain >= 0 ? '+' : ''}${point.gain.toFixed(3)} (${point.gainBand.low.toFixed(3)} to ${point.gainBand.high.toFixed(3)})`,
  ])
  const curve = markdownTable(
    [
      { title: 'expert asked', ...number },
      { title: 'doubtLimit', ...number },
      { title: 'CPU ms', ...number },
      { title: 'of expert-only', ...number },
      { title: 'AP50 (95 %)', ...number },
      { title: 'above the straight line (95 %)', ...number },
    ],
    points,
  )
  return `${head}\n${costs}\n${curve}`
}

function chartOf({ scout, expert, points }: Routing, path: string): string {
  return chartSvg({
    title: `${path}: what accuracy costs`,
    x: { label: 'processor milliseconds per picture' },
    y: { label: 'AP50' },
    series: [
      {
        kind: 'line',
        name: 'cascade',
        points: points.map(({ cpuMs, ap50, band }) => ({ x: cpuMs, y: ap50, band })),
      },
      {
        kind: 'line',
        name: 'chance',
        points: [
          { x: scout.cpuMs, y: scout.ap50, label: 'scout-only' },
          { x: expert.cpuMs, y: expert.ap50, label: 'expert-only' },
        ],
      },
    ],
  })
}
