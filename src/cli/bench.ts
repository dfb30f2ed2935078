import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { benchAlbum } from '../bench/album-report.js'
import { benchClip } from '../bench/clip-report.js'
import { CONTENDERS, type ContenderName } from '../bench/contenders.js'
import { openMaterial } from '../bench/material.js'
import { readTruth } from '../bench/truth.js'
import { openWorkbench } from '../bench/workbench.js'
import { loadConfig } from '../config/load.js'
import { SquintError } from '../lib/errors.js'
import { numberFlag, parseFlags } from './flags.js'
import { createProgress } from './progress.js'
import type { Terminal } from './terminal.js'

const HELP = `usage: squint bench CLIP|FOLDER [flags]

  What ways of looking at a recording cost and miss, side by side: each frame is looked at by all of them in turn.
  A video or .mjpeg file is a clip: its frames follow each other, and the expert's own word on every frame is the truth.
  A folder holds pictures; with --labels, average precision over time is told as well.

  --policies A,B    of ${CONTENDERS.join(', ')}; default all
  --runs N          repeat; medians and spread over the runs are told; default 3
  --loops N         show a clip N times in each run; default 1
  --fps N           of an .mjpeg file, or of a clip that should pass as slower or faster; default the clip's own, .mjpeg 25
  --budget MJ       millijoules per frame that cascade+budget keeps; default half of what cascade takes
  --labels FILE     COCO file of the pictures (category_id = class number of the models)
  --out FOLDER      write bench.json, bench.md and the charts there
  --json            JSON instead of a table
  --config FILE     YAML (docs/configuration.md), for cascade.*
`

/** Compares ways of looking on a recording. */
export async function benchCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseFlags(
    args,
    {
      policies: { type: 'string' },
      runs: { type: 'string', default: '3' },
      loops: { type: 'string', default: '1' },
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
  const [path, ...more] = positionals
  if (path === undefined || more.length > 0) {
    const found = `${positionals.length} arguments`
    throw new SquintError('CONFIG_INVALID', `CLIP|FOLDER: expected one, found ${found}`)
  }
  const names = parseNames(values.policies)
  const runs = numberFlag('runs', values.runs, 1, 100)
  const loops = numberFlag('loops', values.loops, 1, 1000)
  const fps = values.fps === undefined ? undefined : numberFlag('fps', values.fps, 0.01, 240)
  const budget =
    values.budget === undefined ? undefined : numberFlag('budget', values.budget, 0.001, 100_000)
  const truth = values.labels === undefined ? undefined : await readTruth(values.labels)
  const material = await openMaterial(path, fps)
  const { cascade } = await loadConfig(values.config, {})
  const bench = await openWorkbench(cascade)
  const progress = (total: number) => createProgress(terminal.err, process.stderr.isTTY, total)
  try {
    const report =
      material.kind === 'clip'
        ? await benchClip({ clip: material, bench, names, runs, loops, budget, progress })
        : await benchAlbum({ album: material, bench, runs, truth, progress })
    const json = `${JSON.stringify(report.json, null, 1)}\n`
    if (values.out !== undefined) {
      await mkdir(values.out, { recursive: true })
      await writeFile(join(values.out, 'bench.json'), json)
      await writeFile(join(values.out, 'bench.md'), report.markdown)
      for (const [name, svg] of Object.entries(report.charts)) {
        await writeFile(join(values.out, `${name}.svg`), svg)
      }
    }
    terminal.out(values.json ? json : report.markdown)
    return 0
  } finally {
    await bench.close()
  }
}

function parseNames(listed: string | undefined): readonly ContenderName[] {
  if (listed === undefined) return CONTENDERS
  return listed.split(',').map(wanted => {
    const name = CONTENDERS.find(known => known === wanted.trim())
    if (name !== undefined) return name
    throw new SquintError(
      'CONFIG_INVALID',
      `--policies: expected some of ${CONTENDERS.join(', ')}, found ${wanted}`,
    )
  })
}
