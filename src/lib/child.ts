import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, constants } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { SquintError } from './errors.js'
import { sleep } from './sleep.js'

/** Enough for the reason of a failure; ffmpeg repeats itself for minutes. */
const KEPT_LINES = 8
const LINE_CHARS = 400

export interface ChildOptions {
  /** A name on PATH or an absolute path. */
  readonly tool: string
  /** The Debian package that brings the tool, for the error message. */
  readonly debian: string
  /** Passed as they are: no shell ever reads them. */
  readonly args: readonly string[]
  /** Ends the child and everything that it started. */
  readonly signal: AbortSignal
  /** Gets every chunk of stdout; while its promise is pending the child is held back. It must settle when `signal` aborts. Left out: nobody wants to know. */
  readonly onStdout?: (chunk: Uint8Array) => Promise<void>
  /** What the child reads; destroyed when the child has ended. Without it the child's stdin is at its end. */
  readonly stdin?: Readable
  /** Milliseconds from SIGTERM to SIGKILL. */
  readonly killAfterMs?: number
}

export interface ChildEnd {
  /** Exit code, or null if a signal ended it. */
  readonly code: number | null
  /** The last lines of stderr, long ones cut. */
  readonly stderr: readonly string[]
}

/**
 * Runs a tool until it ends. Settles only when its process is gone and its pipes are closed.
 * Rejects with the signal's reason after an abort, with TOOL_MISSING if it cannot be started, and with whatever `onStdout` threw.
 */
export async function runChild(options: ChildOptions): Promise<ChildEnd> {
  const { tool, debian, args, signal, onStdout, killAfterMs = 2000 } = options
  const { stdin = Readable.from([]) } = options
  signal.throwIfAborted()
  // A group of its own, so that one kill reaches the child's children too.
  const child = spawn(tool, args, { detached: true, stdio: 'pipe' })
  await once(child, 'spawn').catch(cause => {
    const reason = `${tool} could not be started (${cause.code})`
    const message = `${reason}: expected it on PATH, in Debian it is in the package ${debian}`
    throw new SquintError('TOOL_MISSING', message, { cause })
  })
  const group = -child.pid!
  const over = new AbortController()
  const killNow = () => kill(group, 'SIGKILL')
  const terminate = () => {
    kill(group, 'SIGTERM')
    // ffmpeg hears of no signal while it waits for input.
    child.stdin.destroy()
    const hard = () => {
      killNow()
      // A grandchild in a group of its own could keep the pipes open for ever.
      child.stdout.destroy()
      child.stderr.destroy()
    }
    sleep(killAfterMs, over.signal).then(hard, () => {})
  }
  process.on('exit', killNow)
  child.once('exit', killNow)
  signal.addEventListener('abort', terminate, { signal: over.signal })
  if (signal.aborted) terminate()

  const closed = once(child, 'close')
  // A child that stops reading has a reason, which its end tells.
  pipeline(stdin, child.stdin, () => {})
  const stderr = lastLines(child.stderr)
  const failures: unknown[] = []
  const reading = drain(child.stdout, onStdout).catch(error => {
    failures.push(error)
    terminate()
  })
  const [code] = await closed
  await reading
  over.abort()
  process.off('exit', killNow)
  signal.throwIfAborted()
  if (failures.length > 0) throw failures[0]
  return { code, stderr: stderr() }
}

/** The absolute path of a tool on PATH, or undefined. Relative entries of PATH are not trusted. */
export async function findTool(
  name: string,
  path = process.env.PATH ?? '',
): Promise<string | undefined> {
  for (const dir of path.split(delimiter).filter(isAbsolute)) {
    const file = join(dir, name)
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (found) return file
  }
  return undefined
}

function kill(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(group, name)
  } catch {
    // Nobody of the group is left.
  }
}

async function drain(stdout: Readable, onStdout: ChildOptions['onStdout']): Promise<void> {
  for await (const chunk of stdout) await onStdout?.(chunk)
}

/** Reads a stream of text by lines, in bounded memory; returns how to ask for the last ones. */
function lastLines(stream: Readable): () => string[] {
  const lines: string[] = []
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    // ffmpeg ends its progress lines with a carriage return.
    const pieces = `${rest}${text}`.split(/[\r\n]+/).map(piece => piece.slice(0, LINE_CHARS))
    rest = pieces.pop()!
    lines.push(...pieces)
    lines.splice(0, lines.length - KEPT_LINES)
  })
  return () => [...lines, rest].filter(line => line !== '')
}
