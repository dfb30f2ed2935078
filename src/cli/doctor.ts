import { readConfiguration } from '../doctor/configuration.js'
import { canServe, examine } from '../doctor/examine.js'
import type { Finding, Surroundings } from '../doctor/finding.js'
import { readMeters } from '../doctor/read-meters.js'
import { reportOf, wantsColour } from '../doctor/report.js'
import { packageVersion } from '../lib/package.js'
import { openSysfs } from '../power/sysfs.js'
import { parseFlags } from './flags.js'
import type { Terminal } from './terminal.js'

const HELP = `usage: squint doctor [flags]

  What this machine has, what is missing, and the command that mends it. Nothing is changed.

  --config FILE   looks at this configuration too, and at what its cameras need
  --json          the same as data

  Exit code 1 if something essential is missing: Node.js 20.9 on a 64-bit processor, the compiled libraries, the two
  models that will run, a configuration that is taken, its port (unless a squint answers there), and ffmpeg or
  rpicam-vid if a configured camera needs them.
`

/** Says what was found and what is missing. @param changes of this machine, for tests */
export async function doctorCommand(
  args: readonly string[],
  terminal: Terminal,
  changes: Partial<Surroundings> = {},
): Promise<number> {
  const { values } = parseFlags(
    args,
    { config: { type: 'string' }, json: { type: 'boolean', default: false } },
    false,
  )
  if (values.help) {
    terminal.out(HELP)
    return 0
  }
  const findings = await examine({
    sysfs: openSysfs(),
    path: process.env.PATH ?? '',
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
