import { findTool, runChild } from '../../lib/child.js'
import { monotonicMs } from '../../lib/clock.js'
import { SquintError } from '../../lib/errors.js'
import { JETSON_INPUT } from './hwmon.js'
import type { Meter, Rail, Reading, Surroundings } from './meter.js'

/** Less than the sampler gives a reading (300 ms), with room for lines that are late. */
const INTERVAL_MS = 200
/** Within which the first line must come. */
const FIRST_MS = 2000
/** How old a line may be: a tool that hangs must not pass for one that answers. */
const FRESH_MS = 2 * INTERVAL_MS
/** Shunts of 1 % and steps of some 40 mW; our judgement. */
const ACCURACY = 0.05
/** NAME now/average, or now/average/peak, in milliwatts with or without the unit; memory has MB, temperatures have C. */
const RAIL = /(?<=^|\s)([A-Za-z]\w*) (\d+)(?:mW)?\/\d+(?:mW)?(?:\/\d+mW)?(?=\s|$)/g
/** Longer than any line. */
const MAX_CHARS = 8192

/** What one line says. */
export interface TegraLine {
  readonly watts: number
  readonly rails: readonly Rail[]
  /** Of which rails `watts` is the sum: the input's, or several. */
  readonly summed: readonly string[]
}

/**
 * A line of tegrastats of any JetPack; undefined if it tells no watts.
 * @param chosen names of the rails that make up the total where none is the input's; left out: all
 */
export function parseTegrastats(line: string, chosen?: readonly string[]): TegraLine | undefined {
  const rails = Array.from(line.matchAll(RAIL), ([, name, milliwatts]) => ({
    name: name!,
    watts: Number(milliwatts) / 1000,
  }))
  const total = rails.find(({ name }) => JETSON_INPUT.test(name))
  const parts = total ? [total] : rails.filter(({ name }) => chosen?.includes(name) ?? true)
  if (parts.length === 0) return undefined
  const watts = parts.reduce((sum, rail) => sum + rail.watts, 0)
  return { watts, rails, summed: parts.map(({ name }) => name) }
}

/** A Jetson's own tool, for a kernel whose files of the power monitors cannot be read; kept running. */
export async function probeTegrastats(surroundings: Surroundings): Promise<Meter | undefined> {
  const tool = await findTool('tegrastats', surroundings.path)
  if (tool === undefined) return undefined
  const stream = openStream(tool, surroundings.rails)
  const first = await stream.newest(AbortSignal.timeout(FIRST_MS)).catch(() => undefined)
  if (first === undefined) {
    await stream.close()
    return undefined
  }
  const { summed } = first
  const total = summed.some(name => JETSON_INPUT.test(name))
  return {
    name: 'tegrastats',
    scope: total ? 'board' : 'soc',
    accuracy: ACCURACY,
    source: `tegrastats, ${summed.join(' + ')}${total ? ': the module without its carrier board' : ''}`,
    warnings: [],
    async read(signal) {
      const { watts, rails, at } = await stream.take(signal)
      return { watts, rails, at }
    },
    close: stream.close,
  }
}

type Heard = TegraLine & Reading

interface Stream {
  /**
   * The newest line that nobody has taken, if it is fresh, else the next one. Rejects with METER_SILENT if `signal` aborts first
   * or the tool has ended, and starts it again.
   */
  newest(signal: AbortSignal): Promise<Heard>
  /** The same, but nobody gets this line again. */
  take(signal: AbortSignal): Promise<Heard>
  close(): Promise<void>
}

/** Lines that sum other rails than the first one are none: fields come and go. */
function openStream(tool: string, chosen: readonly string[] | undefined): Stream {
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  let expected: string | undefined
  let newest: Heard | undefined
  let waiting: { resolve(): void; reject(reason: unknown): void } | undefined
  /** Why the tool ended while nobody waited for it. */
  let lost: { readonly reason: unknown } | undefined

  function hear(text: string): void {
    const line = parseTegrastats(text, chosen)
    if (line === undefined) return
    expected ??= line.summed.join()
    if (line.summed.join() !== expected) return
    newest = { ...line, at: monotonicMs() }
    waiting?.resolve()
  }

  async function run(): Promise<void> {
    let rest = ''
    const end = runChild({
      tool,
      debian: 'nvidia-l4t-tools',
      args: ['--interval', `${INTERVAL_MS}`],
      signal: stopping.signal,
      async onStdout(chunk) {
        const lines = `${rest}${Buffer.from(chunk).toString('latin1')}`.split('\n')
        rest = lines.pop()!.slice(-MAX_CHARS)
        lines.forEach(hear)
      },
    })
    const reason = await end.then(
      ({ code, stderr }) => silent(`it has ended with exit code ${code}: ${stderr.join('; ')}`),
      (error: unknown) => error,
    )
    running = undefined
    newest = undefined
    if (waiting) waiting.reject(reason)
    else lost = { reason }
  }

  async function arrival(signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    try {
      await new Promise<void>((resolve, reject) => {
        waiting = { resolve, reject }
        const late = () => reject(silent('no line with watts came in time'))
        signal.addEventListener('abort', late, { signal: over.signal })
      })
    } finally {
      waiting = undefined
      over.abort()
    }
  }

  async function fresh(signal: AbortSignal): Promise<Heard> {
    signal.throwIfAborted()
    const ended = lost
    lost = undefined
    running ??= run()
    if (ended) throw ended.reason
    for (;;) {
      if (newest && monotonicMs() - newest.at <= FRESH_MS) return newest
      await arrival(signal)
    }
  }

  return {
    newest: fresh,
    async take(signal) {
      const heard = await fresh(signal)
      newest = undefined
      return heard
    },
    async close() {
      stopping.abort(new SquintError('CLOSED', 'tegrastats is closed'))
      await running
    },
  }
}

function silent(reason: string): SquintError {
  return new SquintError('METER_SILENT', `tegrastats: ${reason}`)
}
