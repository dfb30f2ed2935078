import { openMaterial } from '../bench/material.js'
import { record } from '../bench/recording.js'
import { tune } from '../bench/tune.js'
import { tuneReport } from '../bench/tune-report.js'
import { openWorkbench } from '../bench/workbench.js'
import { CAMERA_ID } from '../camera/config.js'
import { policyFile } from '../cascade/policies.js'
import { loadConfig } from '../config/load.js'
import { writeAtomically } from '../lib/atomic-file.js'
import { SquintError } from '../lib/errors.js'
import { numberFlag, onlyArgument, parseFlags, wholeFlag } from './flags.js'
import { createProgress } from './progress.js'
import { makeFolder, tellReport } from './report-files.js'
import type { Terminal } from './terminal.js'

const HELP = `usage: squint tune CLIP [flags]

  Searches, on a camera's own recording, for the policy that takes least energy and still agrees with the expert.
  The recording is a video or .mjpeg file. A few minutes of what the camera usually sees, busy and quiet, are enough.

  --agreement S     of all objects that the policy shows or the expert sees, the share that must be both, 0..1;
                    default 0.9
  --trials N        try at most so many policies; default 150
  --fps N           frames per second; default the recording's own, .mjpeg 25

  --camera ID       whose policy this becomes,
  --policies DIR    and where it is written, as DIR/ID.yaml; the service reads it there if its configuration says
                    cascade.policies: DIR. Without both flags the policy is only printed
  --out FOLDER      write tune.json, tune.md and tune.svg there
  --json            JSON instead of a table
  --config FILE     YAML (docs/configuration.md), for cascade.*; the search begins with its policy
`

/** Frames between two signs of life while it is not known how many there are. */
const TOLD_FRAMES = 100

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
  const path = onlyArgument('CLIP', positionals)
  const agreement = numberFlag('agreement', values.agreement, 0, 1)
  const maxTrials = wholeFlag('trials', values.trials, 1, 10_000)
  const fps = values.fps === undefined ? undefined : numberFlag('fps', values.fps, 0.01, 240)
  const file = policyFileOf(values.camera, values.policies)
  const clip = await openMaterial(path, fps)
  if (clip.kind === 'album') {
    throw new SquintError('CONFIG_INVALID', `CLIP: expected a recording, found the folder ${path}`)
  }
  if (values.out !== undefined) await makeFolder('out', values.out)
  if (values.policies !== undefined) await makeFolder('policies', values.policies)
  const bench = await openWorkbench(await loadConfig(values.config, {}))
  try {
    let frames = 0
    const recording = await record(clip, bench, () => {
      if (++frames % TOLD_FRAMES === 0) terminal.err(`${frames} frames recorded\n`)
    })
    const progress = createProgress(terminal.err, process.stderr.isTTY, maxTrials)
    const onTrial = () => progress.advance('policies tried')
    const tuned = await tune({ recording, bench, agreement, maxTrials, onTrial })
    progress.close()
    const report = tuneReport(tuned, recording, path, agreement, bench)
    await tellReport('tune', report, values, terminal)
    if (file !== undefined) {
      await writeAtomically(file, report.yaml)
      terminal.err(`written: ${file}\n`)
    }
    return 0
  } finally {
    await bench.close()
  }
}

/** Where the policy goes; undefined: nowhere. Throws CONFIG_INVALID for a camera without a folder, or the reverse. */
function policyFileOf(camera: string | undefined, folder: string | undefined): string | undefined {
  if (camera !== undefined && !CAMERA_ID.test(camera)) {
    throw new SquintError('CONFIG_INVALID', `--camera: expected a camera's id, found "${camera}"`)
  }
  if (camera !== undefined && folder !== undefined) return policyFile(folder, camera)
  if (camera === undefined && folder === undefined) return undefined
  const missing =
    camera === undefined ? "--camera: expected a camera's id" : '--policies: expected a folder'
  throw new SquintError('CONFIG_INVALID', `${missing}, found none`)
}
