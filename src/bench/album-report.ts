import { basename } from 'node:path'
import type { Progress } from '../cli/progress.js'
import { SquintError } from '../lib/errors.js'
import { type PictureLook, type PictureRun, runAlbum, WAYS, type Way } from './album-run.js'
import type { TrueBox } from './average-precision.js'
import { chartSvg } from './chart.js'
import { markdownTable } from './markdown.js'
import type { Album } from './material.js'
import { measuredText, percentText, type Report, spreadText } from './report.js'
import { type RoutedPicture, type Routing, routingOf } from './routing.js'
import { mean, percentile, spreadOf } from './summary.js'
import type { Workbench } from './workbench.js'

export interface AlbumBenchOptions {
  readonly album: Album
  readonly bench: Workbench
  readonly runs: number
  /** True boxes by file name; pictures without an entry are left out. Undefined: only costs are told. */
  readonly truth: ReadonlyMap<string, readonly TrueBox[]> | undefined
  progress(total: number): Progress
}

/** Looks at every picture in all ways and says what each costs and, with labels, what accuracy that buys. Rejects with CONFIG_INVALID for labels of other pictures. */
export async function benchAlbum(options: AlbumBenchOptions): Promise<Report> {
  const { bench, truth } = options
  const album = truth === undefined ? options.album : labelledOf(options.album, truth)
  const progress = options.progress(options.runs * album.files.length)
  const runs: PictureRun[][] = []
  for (let i = 0; i < options.runs; i++) {
    const onPicture = () => progress.advance(`run ${i + 1} of ${options.runs}`)
    runs.push(await runAlbum({ ...bench, album, onPicture }))
  }
  progress.close()
  const costs = WAYS.map(way => costOf(way, runs))
  const asked = mean(runs[0]!.map(({ doubt }) => (doubt > bench.policy.doubtLimit ? 1 : 0)))
  const routing = truth && routingOf(routed(runs, truth))
  const path = basename(album.path)
  const head = `**${path}**: ${album.files.length} pictures. ${measuredText(bench, options.runs)}\n`
  const { doubtLimit } = bench.policy
  const told = `Two models alone, and the cascade that never or always asks its expert. At the doubtLimit of ${doubtLimit} it asks about ${percentText(asked)} of these pictures.\n`
  return {
    json: {
      machine: bench.machine,
      energy: bench.energy.knowledge().source,
      runs: options.runs,
      path,
      pictures: album.files.length,
      ways: costs,
      askedAtDefault: asked,
      routing,
    },
    markdown: [
      head,
      costTable(costs),
      told,
      ...(routing ? [LEGEND, curveTable(routing)] : []),
    ].join('\n'),
    charts: routing === undefined ? {} : { routing: chartOf(routing, path) },
  }
}

/** What a way takes per picture, on average. */
function costOf(way: Way, runs: readonly PictureRun[][]) {
  const spread = (read: (look: PictureLook) => number) =>
    spreadOf(runs.map(run => mean(run.map(({ looks }) => read(looks[way])))))
  return {
    way,
    cpuMs: spread(({ cpuMs }) => cpuMs),
    millijoules: spread(({ millijoules }) => millijoules),
  }
}

/** The pictures that are labelled: of others it is not known what is there. */
function labelledOf(album: Album, truth: NonNullable<AlbumBenchOptions['truth']>): Album {
  const files = album.files.filter(file => truth.has(file))
  const wanted = files.flatMap(file => truth.get(file)!).filter(({ ignore }) => !ignore)
  if (wanted.length > 0) return { ...album, files }
  const message = `--labels: expected boxes of pictures in ${album.path}, found none`
  throw new SquintError('CONFIG_INVALID', message)
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
      truth: truth.get(file)!,
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

const number = { align: 'right' } as const

function costTable(costs: readonly ReturnType<typeof costOf>[]): string {
  const columns = [
    { title: 'way' },
    { title: 'CPU ms per picture', ...number },
    { title: 'mJ per picture', ...number },
  ]
  const rows = costs.map(({ way, cpuMs, millijoules }) => [
    way,
    spreadText(cpuMs, 2),
    spreadText(millijoules, 1),
  ])
  return markdownTable(columns, rows)
}

const LEGEND = `What the cascade buys if it asks about more or fewer pictures, the doubtful ones first. The straight line joins scout-only and expert-only: to ask about pictures by chance would end there. In brackets: 95 of 100 sets of such pictures.
`

function curveTable({ points, expert }: Routing): string {
  const columns = [
    { title: 'expert asked', ...number },
    { title: 'doubtLimit', ...number },
    { title: 'CPU ms', ...number },
    { title: 'of expert-only', ...number },
    { title: 'AP50', ...number },
    { title: 'above the straight line', ...number },
  ]
  const rows = points.map(({ asked, doubtLimit, cpuMs, ap50, band, gain, gainBand }) => [
    percentText(asked, 0),
    Number.isFinite(doubtLimit) ? doubtLimit.toFixed(3) : '–',
    cpuMs.toFixed(2),
    percentText(cpuMs / expert.cpuMs, 0),
    `${ap50.toFixed(3)} (${band.low.toFixed(3)}-${band.high.toFixed(3)})`,
    `${signed(gain)} (${signed(gainBand.low)} to ${signed(gainBand.high)})`,
  ])
  return markdownTable(columns, rows)
}

function signed(value: number): string {
  return `${value >= 0 ? '+' : ''}${value.toFixed(3)}`
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
