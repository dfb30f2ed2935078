import { benchAlbum } from '../bench/album-report.js'
import { benchClip } from '../bench/clip-report.js'
import { CONTENDERS, type ContenderName } from '../bench/contenders.js'
import { openMaterial } from '../bench/material.js'
import { readTruth } from '../bench/truth.js'
import { openWorkbench } from '../bench/workbench.js'
import { loadConfig } from '../config/load.js'
import { SquintError } from '../lib/errors.js'
import { numberFlag, onlyArgument, parseFlags, wholeFlag } from './flags.js'
import { createProgress } from './progress.js'
import { makeFolder, tellReport } from './report-files.js'
import type { Terminal } from './terminal.js'

const HELP = `usage: squint bench CLIP|FOLDER [flags]

  What ways of looking at a recording cost and miss, side by side: each frame is looked at by all of them in turn.

  A video or .mjpeg file is a clip: its frames follow each other, and what the expert says of every frame is the truth.
  --policies A,B    compare only some of ${CONTENDERS.join(', ')}
  --loops N         show the clip N times in each run; default 1
  --fps N           frames per second; default the clip's own, .mjpeg 25
  --budget MJ       millijoules per frame that cascade+budget must keep; default half of what cascade takes

  A folder holds pictures that have nothing to do with each other.
  --labels FILE     COCO file of the pictures, with the models' class names: what accuracy costs is told as well

  --runs N          repeat; medians and spread over the runs are told; default 3
  --out FOLDER      write bench.json, bench.md and the charts there
  --json            JSON instead of tables
  --config FILE     YAML (docs/configuration.md), for cascade.*
`

const CLIP_FLAGS = ['policies', 'loops', 'fps', 'budget'] as const
const FOLDER_FLAGS = ['labels'] as const

/** Compares ways of looking on a recording. */
export async function benchCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseFlags(
    args,
    {
      policies: { type: 'string' },
      runs: { type: 'string', default: '3' },
      loops: { type: 'string' },
      fps: { type: 'string' },
      budget: { type: 'string' },
      labels: { type: 'string' },
      out: { type: 'string' },
      json: { type: 'boolean', default: false },
      config: { type: 'string' },
    },
    true,
  )
  if (values.help) {
    terminal.out(HELP)
    return 0
  }
  const path = onlyArgument('CLIP|FOLDER', positionals)
  const names = values.policies === undefined ? CONTENDERS : parseNames(values.policies)
  const runs = wholeFlag('runs', values.runs, 1, 100)
  const loops = wholeFlag('loops', values.loops ?? '1', 1, 1000)
  const fps = values.fps === undefined ? undefined : numberFlag('fps', values.fps, 0.01, 240)
  const budget =
    values.budget === undefined ? undefined : numberFlag('budget', values.budget, 0.001, 100_000)
  const material = await openMaterial(path, fps)
  const misplaced = material.kind === 'clip' ? FOLDER_FLAGS : CLIP_FLAGS
  const wrong = misplaced.find(flag => values[flag] !== undefined)
  if (wrong !== undefined) {
    const expected = material.kind === 'clip' ? 'a folder of pictures' : 'a clip'
    const message = `--${wrong}: expected ${expected} with it, found ${path}`
    throw new SquintError('CONFIG_INVALID', message)
  }
  if (values.out !== undefined) await makeFolder('out', values.out)
  const bench = await openWorkbench(await loadConfig(values.config, {}))
  const progress = (total: number) => createProgress(terminal.err, process.stderr.isTTY, total)
  try {
    const { labels } = values
    const truth = labels === undefined ? undefined : await readTruth(labels, bench.expert.labels)
    const report =
      material.kind === 'clip'
        ? await benchClip({ clip: material, bench, names, runs, loops, budget, progress })
        : await benchAlbum({ album: material, bench, runs, truth, progress })
    await tellReport('bench', report, values, terminal)
    return 0
  } finally {
    await bench.close()
  }
}

function parseNames(listed: string): readonly ContenderName[] {
  return listed.split(',').map(wanted => {
    const name = CONTENDERS.find(known => known === wanted.trim())
    if (name !== undefined) return name
    throw new SquintError(
      'CONFIG_INVALID',
      `--policies: expected some of ${CONTENDERS.join(', ')}, found "${wanted}"`,
    )
  })
}
