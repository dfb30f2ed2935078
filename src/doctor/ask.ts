import { findTool, runChild } from '../lib/child.js'
import { messageOf } from '../lib/errors.js'
import type { Surroundings } from './finding.js'

/** What a tool says. */
export interface Answer {
  /** Its absolute path. */
  readonly tool: string
  /** What it printed, without blanks around it. */
  readonly text: string
  /** Why it did not do its work; undefined if it did. */
  readonly failure: string | undefined
  /** It was ended because it took too long: it may work all the same. */
  readonly late: boolean
}

/** More is no answer to a question as short as ours. */
const MAX_CHUNKS = 16
/** Milliseconds; ffmpeg has taken 5 s to come from a disk that was busy. */
const LIMIT_MS = 8000

/** Asks a tool; undefined if it is not on PATH. Never rejects. */
export async function ask(
  name: string,
  args: readonly string[],
  { path, signal }: Pick<Surroundings, 'path' | 'signal'>,
  limitMs = LIMIT_MS,
): Promise<Answer | undefined> {
  const tool = await findTool(name, path)
  if (tool === undefined) return undefined
  const chunks: Uint8Array[] = []
  const text = (): string => Buffer.concat(chunks).toString('utf8').trim()
  const limit = AbortSignal.timeout(limitMs)
  try {
    const { code, stderr } = await runChild({
      tool,
      debian: name,
      args,
      signal: AbortSignal.any([signal, limit]),
      async onStdout(chunk) {
        if (chunks.length < MAX_CHUNKS) chunks.push(chunk)
      },
    })
    // vcgencmd explains itself on stdout
    const words = stderr.at(-1) ?? text().split('\n')[0]
    const failure = code === 0 ? undefined : words || `exit code ${code}`
    return { tool, text: text(), failure, late: false }
  } catch (error) {
    const late = limit.aborted
    const failure = late ? `no answer within ${limitMs / 1000} s` : messageOf(error)
    return { tool, text: text(), failure, late }
  }
}
