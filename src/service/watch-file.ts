import { watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { sleep } from '../lib/sleep.js'

/** Editors write a file in several steps, or put another in its place. */
const SETTLE_MS = 300
/** Where the kernel does not tell (network mounts, some containers), looking now and then does. */
const LOOK_MS = 5000

export interface WatchOptions {
  readonly settleMs?: number
  readonly lookMs?: number
  /** The file's mark when it was last read; left out: as it is now. */
  readonly seen?: string | undefined
}

/** What tells whether a file's content may have changed; undefined: it is not there. */
export async function fileMark(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined)
  return found && `${found.ino} ${found.size} ${found.mtimeMs}`
}

/**
 * Calls back when the content of a file may have changed, once per change, until `signal` aborts. A file that is replaced, as
 * editors and Kubernetes do, is followed; one that is gone is waited for.
 */
export function watchFile(
  path: string,
  onChange: () => void,
  signal: AbortSignal,
  { settleMs = SETTLE_MS, lookMs = LOOK_MS, ...options }: WatchOptions = {},
): void {
  let { seen } = options
  let settling: ReturnType<typeof setTimeout> | undefined

  async function look(): Promise<void> {
    const now = await fileMark(path)
    if (now === undefined || now === seen || signal.aborted) return
    const first = seen === undefined
    seen = now
    if (!first) onChange()
  }

  async function lookNowAndThen(): Promise<void> {
    for (;;) {
      await look()
      await sleep(lookMs, signal)
    }
  }

  try {
    // the folder: a watch on the file itself would stay with the old one
    const watcher = watch(dirname(path), (_, name) => {
      // a mounted ConfigMap changes through a link beside it
      if (name !== null && name !== basename(path) && !name.startsWith('..')) return
      clearTimeout(settling)
      settling = setTimeout(() => void look(), settleMs)
    })
    watcher.on('error', () => watcher.close())
    signal.addEventListener('abort', () => watcher.close(), { once: true })
  } catch {
    // too many watches, or no such folder: looking now and then is enough
  }
  signal.addEventListener('abort', () => clearTimeout(settling), { once: true })
  lookNowAndThen().catch(() => undefined)
}
