import { randomBytes } from 'node:crypto'
import { parseFlags } from './flags.js'
import type { Terminal } from './terminal.js'

const HELP = `usage: squint token

  Prints new random tokens as lines for the configuration. They are kept nowhere else.
`

/** 256 bits, in characters that need no quotes in YAML, in addresses and in headers. */
const newToken = (): string => randomBytes(32).toString('hex')

/** Makes what a service needs to let others in. */
export function tokenCommand(args: readonly string[], terminal: Terminal): number {
  const { values } = parseFlags(args, {}, false)
  if (values.help) {
    terminal.out(HELP)
    return 0
  }
  terminal.out(`# for the configuration file, which nobody else should be able to read (chmod 600)
server:
  host: 0.0.0.0   # everybody in the network can reach it; who has no token learns nothing
  token: ${newToken()}         # whoever has it may do everything
  viewerToken: ${newToken()}   # may look, and change nothing; leave it out if nobody needs it
# then: squint serve --config FILE, and once on each screen http://THIS-MACHINE:8080/?token=...
`)
  return 0
}
