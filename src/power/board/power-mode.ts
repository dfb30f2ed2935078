import { findTool, runChild } from '../../lib/child.js'
import { openLifetime } from '../../lib/lifetime.js'
import { createRenewed } from './renewed.js'

/** People change it by hand. */
const ASK_MS = 60_000
const ANSWER_MS = 3000

export interface PowerMode {
  /** What nvpmodel calls the mode that a Jetson runs in; null elsewhere. Never rejects. */
  read(): Promise<string | null>
}

/**
 * @param signal ends the tool while it answers
 * @param path instead of PATH
 */
export function createPowerMode(signal: AbortSignal, path?: string, askMs = ASK_MS): PowerMode {
  const mode = createRenewed(() => ask(signal, path).catch(() => null), askMs)
  return { read: mode.get }
}

async function ask(signal: AbortSignal, path?: string): Promise<string | null> {
  const tool = await findTool('nvpmodel', path)
  if (tool === undefined) return null
  let text = ''
  const life = openLifetime(signal, ANSWER_MS)
  await runChild({
    tool,
    debian: 'nvidia-l4t-nvpmodel',
    args: ['-q'],
    signal: life.signal,
    onStdout: async chunk => {
      text += Buffer.from(chunk).toString('latin1')
    },
  }).finally(life.end)
  return /^NV Power Mode:[ \t]*(\S.*?)\s*$/m.exec(text)?.[1] ?? null
}
