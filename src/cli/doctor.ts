import { loadConfig } from '../config/load.js'
import { calibrateDevice } from '../doctor/calibrate.js'
import { calibrationReport } from '../doctor/calibration-report.js'
import { readConfiguration } from '../doctor/configuration.js'
import { canServe, examine } from '../doctor/examine.js'
import type { Finding, Surroundings } from '../doctor/finding.js'
import { readMeters } from '../doctor/read-meters.js'
import { reportOf, wantsColour } from '../doctor/report.js'
import { packageVersion } from '../lib/package.js'
import { PHASES } from '../power/attribution/calibration.js'
import { openSysfs } from '../power/sysfs.js'
import { numberFlag, parseFlags, wholeFlag } from './flags.js'
import { createProgress } from './progress.js'
import type { Terminal } from './terminal.js'

/** Of a phase: shorter ones tell of the change of the clock, not of the stage. */
const SHORTEST_SECONDS = 20

const HELP = `usage: squint doctor [flags]

  What this machine has, what is missing, and the command that mends it. Nothing is changed,
  except with --calibrate.

  --config FILE   looks at this configuration too, and at what its cameras need
  --json          the same as data
  --calibrate     keeps each stage busy in turn while the meter is read, and finds what each draws on this very device:
                  about 7 minutes in which nothing else should run. Written to power.calibration, used from the next start
  --seconds N     of each phase, with --calibrate; default 20
  --rounds N      of all phases; default 3

  Exit code 1 if something essential is missing: Node.js 20.9 on a 64-bit processor, the compiled libraries, the two
  models that will run, a configuration that is taken, its port (unless a squint answers there), and ffmpeg or
  rpicam-vid if a configured camera needs them. With --calibrate: if the readings do not tell the stages apart.
`

/** Says what was found and what is missing. @param changes of this machine, and how it is calibrated, for tests */
export async function doctorCommand(
  args: readonly string[],
  terminal: Terminal,
  changes: Partial<Surroundings> = {},
  calibrate = calibrateDevice,
): Promise<number> {
  const { values } = parseFlags(
    args,
    {
      config: { type: 'string' },
      json: { type: 'boolean', default: false },
      calibrate: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '20' },
      rounds: { type: 'string', default: '3' },
    },
    false,
  )
  if (values.help) {
    terminal.out(HELP)
    return 0
  }
  const { sysfs = openSysfs(), path = process.env.PATH ?? '' } = changes
  if (values.calibrate) {
    const seconds = numberFlag('seconds', values.seconds, SHORTEST_SECONDS, 600)
    const rounds = wholeFlag('rounds', values.rounds, 1, 100)
    const progress = createProgress(terminal.err, process.stderr.isTTY, rounds * PHASES.length)
    const calibrated = await calibrate({
      config: await loadConfig(values.config, {}),
      ...{ sysfs, path, seconds, rounds },
      onPhase: (phase, round) => progress.advance(`${phase}, round ${round + 1}`),
    }).finally(progress.close)
    const text = values.json
      ? `${JSON.stringify(calibrated, null, 1)}\n`
      : calibrationReport(calibrated)
    terminal.out(text)
    return calibrated.file === null ? 1 : 0
  }
  const findings = await examine({
    sysfs,
    path,
    signal: new AbortController().signal,
    configuration: await readConfiguration(values.config),
    node: { version: process.versions.node, arch: process.arch },
    user: { uid: process.getuid!(), groups: process.getgroups!() },
    findMeters: readMeters,
    ...changes,
  })
  const serves = canServe(findings)
  if (values.json) {
    const report = { version: packageVersion, canServe: serves, findings: findings.map(inOrder) }
    terminal.out(`${JSON.stringify(report, null, 1)}\n`)
  } else {
    const colour = wantsColour(process.stdout, process.env)
    terminal.out(reportOf(findings, { version: packageVersion, colour }))
  }
  return serves ? 0 : 1
}

/** The same keys in the same order, whoever found it. */
function inOrder({ subject, state, essential, found, mend, details }: Finding) {
  return { subject, state, essential, found, mend, details }
}
