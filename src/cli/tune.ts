import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openMaterial } from '../bench/material.js'
import { record } from '../bench/recording.js'
import { tune } from '../bench/tune.js'
import { tuneReport } from '../bench/tune-report.js'
import { openWorkbench } from '../bench/workbench.js'
import { policyFile } from '../cascade/policies.js'
import { loadConfig } from '../config/load.js'
import { writeAtomically } from '../lib/atomic-file.js'
import { SquintError } from '../lib/errors.js'
import { numberFlag, parseFlags } from './flags.js'
import { createProgress } from './progress.js'
import type { Terminal } from './terminal.js'

const HELP = `usage: squint tune CLIP [flags]

  Searches, on a camera's own recording, for the policy that agrees with the expert often enough at the least energy.
  A few minutes that hold what the camera usually sees, busy and quiet, are a good recording.

  --camera ID       whose policy this becomes
  --policies DIR    write DIR/ID.yaml there (cascade.policies of the configuration reads it); default: only print
  --agreement S     objects on which shown and expert must agree, 0..1; default 0.9
  --trials N        try at most so many policies; default 150
  --fps N           of an .mjpeg file; default 25
  --out FOLDER      write tune.json, tune.md and tune.svg there
  --json            JSON instead of a table
  --config FILE     YAML (docs/configuration.md), for cascade.*; the search begins with its policy
`

const CAMERA_ID = /^[a-z0-9][a-z0-9-]{0,39}$/

/** Finds a camera's own policy. */
export async function tuneCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseFlags(
    args,
    {
      camera: { type: 'string' },
      policies: { type: 'string' },
      agreement: { type: 'string', default: '0.9' },
      trials: { type: 'string', default: '150' },
      fps: { type: 'string' },
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
    throw new SquintError('CONFIG_INVALID', `CLIP: expected one, found ${found}`)
  }
  const { camera } = values
  if (values.policies !== undefined && (camera === undefined || !CAMERA_ID.test(camera))) {
    const found = camera === undefined ? 'none' : JSON.stringify(camera)
    throw new SquintError('CONFIG_INVALID', `--camera: expected a camera's id, found ${found}`)
  }
  const agreement = numberFlag('agreement', values.agreement, 0, 1)
  const maxTrials = numberFlag('trials', values.trials, 1, 10_000)
  const fps = values.fps === undefined ? undefined : numberFlag('fps', values.fps, 0.01, 240)
  const clip = await openMaterial(path, fps)
  if (clip.kind === 'album') {
    throw new SquintError('CONFIG_INVALID', `CLIP: expected a recording, found the folder ${path}`)
  }
  const { cascade } = await loadConfig(values.config, {})
  const bench = await openWorkbench(cascade)
  const progress = (total: number) => createProgress(terminal.err, process.stderr.isTTY, total)
  try {
    // how long a recording is, it tells at its end
    let frames = 0
    const recording = await record(clip, bench, () => {
      if (++frames % 250 === 0) terminal.err(`${frames} frames recorded\n`)
    })
    const bar = progress(maxTrials)
    const onTrial = () => bar.advance('policies tried')
    const tuned = await tune({ recording, bench, agreement, maxTrials, onTrial })
    bar.close()
    const report = tuneReport(tuned, recording, path, agreement, bench)
    const json = `${JSON.stringify(report.json, null, 1)}\n`
    if (values.out !== undefined) {
      await mkdir(values.out, { recursive: true })
      await writeAtomically(join(values.out, 'tune.json'), json)
      await writeAtomically(join(values.out, 'tune.md'), report.markdown)
      await writeAtomically(join(values.out, 'tune.svg'), report.charts.tune)
    }
    if (values.policies !== undefined && camera !== undefined) {
      await mkdir(values.policies, { recursive: true })
      const file = policyFile(values.policies, camera)
      await writeAtomically(file, report.yaml)
      terminal.err(`written: ${file}\n`)
    }
    terminal.out(values.json ? json : report.markdown)
    return 0
  } finally {
    await bench.close()
  }
}
