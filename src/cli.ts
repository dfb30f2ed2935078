#!/usr/bin/env node
import { detectCommand } from './cli/detect.js'
import { serveCommand } from './cli/serve.js'
import { codeOf, messageOf } from './lib/errors.js'
import { packageVersion } from './lib/package.js'

const USAGE = `squint ${packageVersion}: looks at every camera frame only as hard as it deserves

usage: squint serve [flags]           cameras in; detections, live video, watts and milliseconds out, over HTTP
       squint detect FILE... [flags]  what is in these pictures
       squint VERB --help             the flags of a verb
       squint --version
`

const verbs = new Map([
  ['serve', serveCommand],
  ['detect', detectCommand],
])

/** Runs a verb and returns the exit code: 0 well, 1 something could not be done, 2 the start was refused. */
async function run([verb = '--help', ...args]: string[]): Promise<number> {
  if (verb === '--help' || verb === '-h') return print(USAGE)
  if (verb === '--version') return print(`${packageVersion}\n`)
  const command = verbs.get(verb)
  if (command === undefined) {
    process.stderr.write(`squint: expected one of ${[...verbs.keys()].join(', ')}, found ${verb}\n`)
    return 2
  }
  try {
    return await command(args)
  } catch (error) {
    process.stderr.write(`squint: ${codeOf(error)}: ${messageOf(error)}\n`)
    return 2
  }
}

function print(text: string): number {
  process.stdout.write(text)
  return 0
}

process.exitCode = await run(process.argv.slice(2))
