import { codeOf, messageOf, SquintError } from '../lib/errors.js'
import { packageVersion } from '../lib/package.js'
import type { Terminal } from './terminal.js'

const USAGE = `squint ${packageVersion}: looks at every camera frame only as hard as it deserves

usage: squint serve [flags]           cameras in; detections, live video, watts and milliseconds out, over HTTP
       squint detect FILE... [flags]  what is in these pictures
       squint bench CLIP|FOLDER       what ways of looking at a recording cost and miss, side by side
       squint tune CLIP               the policy that does best on a camera's own recording
       squint doctor                  what this machine has, what is missing, and what mends it
       squint token                   new tokens, and how to let others in
       squint VERB --help             the flags of a verb
       squint --version
`

/**
 * Runs a verb and returns the exit code: 0 well, 1 something could not be done, 2 the start was refused.
 * Verbs are loaded when they are asked for, so that the doctor works where a compiled library does not.
 */
export async function run(
  [verb = '--help', ...args]: readonly string[],
  terminal: Terminal,
): Promise<number> {
  try {
    switch (verb) {
      case 'serve':
        return await (await import('./serve.js')).serveCommand(args, terminal)
      case 'detect':
        return await (await import('./detect.js')).detectCommand(args, terminal)
      case 'bench':
        return await (await import('./bench.js')).benchCommand(args, terminal)
      case 'tune':
        return await (await import('./tune.js')).tuneCommand(args, terminal)
      case 'doctor':
        return await (await import('./doctor.js')).doctorCommand(args, terminal)
      case 'token':
        return (await import('./token.js')).tokenCommand(args, terminal)
      case '--version':
        terminal.out(`${packageVersion}\n`)
        return 0
      case '--help':
      case '-h':
        terminal.out(USAGE)
        return 0
      default:
        throw new SquintError(
          'CONFIG_INVALID',
          `expected one of serve, detect, bench, tune, doctor, token, found ${verb}`,
        )
    }
  } catch (error) {
    terminal.err(`squint: ${codeOf(error)}: ${messageOf(error)}\n`)
    return 2
  }
}
