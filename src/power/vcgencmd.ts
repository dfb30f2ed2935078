import { PassThrough } from 'node:stream'
import { findTool, runChild } from '../lib/child.js'
import { SquintError } from '../lib/errors.js'
import { within } from '../lib/within.js'

/**
 * Runs $1 with the words of each line and says what it said, then its exit code on a line of its own. The words are not
 * quoted, so that they are words; `set -f` keeps them what they are.
 */
const SCRIPT = `set -f
while IFS= read -r words
do
  "$1" $words </dev/null 2>&1
  printf '\\nexit code %d\\n' $?
done`
const ANSWER = /^(.*?)\nexit code (\d+)\n/s
/** The longest answer, of pmic_read_adc, has a thousand. */
const MAX_CHARS = 65_536
const REASON_CHARS = 200
/** What does not end at SIGTERM does at SIGKILL; meanwhile no other helper is started. */
const KILL_AFTER_MS = 500

/** What may be asked: no word comes from outside. */
export type Word = 'pmic_read_adc' | 'get_throttled'

export interface VcgencmdOptions {
  /** Instead of PATH: where vcgencmd is. */
  readonly path?: string | undefined
  /** Milliseconds that an answer may take; longer, and the helper is killed. */
  readonly timeoutMs?: number
}

/** The Raspberry Pi's firmware, asked through a small helper process, so that the service itself does not fork for each reading. */
export interface Vcgencmd {
  /**
   * One question at a time, in order; what it says, stderr included, without blanks around it. Rejects with METER_SILENT on an
   * exit code other than 0, after `timeoutMs`, and if there is no vcgencmd or its helper ends; the next call starts a fresh one.
   * CLOSED after `close`.
   */
  ask(command: readonly Word[]): Promise<string>
  /** Settles when no process is left. Safe to call twice. */
  close(): Promise<void>
}

interface Answer {
  readonly output: string
  readonly code: number
}

interface Helper {
  /** Rejects if the helper ends before it has answered. */
  ask(line: string): Promise<Answer>
  stop(reason: Error): void
  readonly stopped: boolean
  /** Resolves when nothing of it is left. */
  readonly gone: Promise<void>
}

/** Starts nothing before the first question. */
export function openVcgencmd(options: VcgencmdOptions = {}): Vcgencmd {
  const { path, timeoutMs = 400 } = options
  const closing = new AbortController()
  const closed = new SquintError('CLOSED', 'vcgencmd is closed')
  let helper: Helper | undefined
  let turn: Promise<unknown> = Promise.resolve()

  async function exchange(line: string, patience: { over: boolean }): Promise<Answer> {
    if (helper?.stopped) await helper.gone
    const tool = helper ? undefined : await findTool('vcgencmd', path)
    closing.signal.throwIfAborted()
    if (patience.over) throw silent('too late to start a helper')
    if (helper === undefined) {
      if (tool === undefined) throw silent('there is no vcgencmd on PATH')
      helper = startHelper(tool, () => {
        helper = undefined
      })
    }
    return helper.ask(line)
  }

  async function put(line: string): Promise<string> {
    closing.signal.throwIfAborted()
    const patience = { over: false }
    const { output, code } = await within(timeoutMs, exchange(line, patience), () => {
      patience.over = true
      const reason = silent(`vcgencmd ${line}: no answer within ${timeoutMs} ms`)
      helper?.stop(reason)
      return reason
    })
    if (code === 0) return output
    throw silent(`vcgencmd ${line}: exit code ${code}: ${output.slice(0, REASON_CHARS)}`)
  }

  return {
    ask(command) {
      const answer = turn.then(() => put(command.join(' ')))
      turn = answer.catch(() => {})
      return answer
    },
    async close() {
      closing.abort(closed)
      helper?.stop(closed)
      await turn
      await helper?.gone
    },
  }
}

function startHelper(tool: string, onGone: () => void): Helper {
  const stopping = new AbortController()
  const stdin = new PassThrough()
  let said = ''
  /** At most one. */
  const waiting: { resolve(answer: Answer): void; reject(reason: unknown): void }[] = []
  const end = runChild({
    tool: 'sh',
    debian: 'dash',
    args: ['-c', SCRIPT, 'sh', tool],
    signal: stopping.signal,
    stdin,
    killAfterMs: KILL_AFTER_MS,
    async onStdout(chunk) {
      said += Buffer.from(chunk).toString('latin1')
      const [all, output, code] = ANSWER.exec(said) ?? []
      if (all === undefined) {
        if (said.length > MAX_CHARS) throw silent('vcgencmd does not stop talking')
        return
      }
      said = said.slice(all.length)
      const answer = { output: output!.trim(), code: Number(code) }
      for (const { resolve } of waiting.splice(0)) resolve(answer)
    },
  })
  const gone = end
    .then(
      ({ code }) => silent(`the helper of vcgencmd has ended (exit code ${code})`),
      reason => reason,
    )
    .then(reason => {
      onGone()
      for (const { reject } of waiting.splice(0)) reject(reason)
    })
  return {
    ask: line =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject })
        stdin.write(`${line}\n`)
      }),
    stop: reason => stopping.abort(reason),
    get stopped() {
      return stopping.signal.aborted
    },
    gone,
  }
}

function silent(reason: string): SquintError {
  return new SquintError('METER_SILENT', reason)
}
