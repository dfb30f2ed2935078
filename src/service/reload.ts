import type { CameraLog } from '../camera/supervise.js'
import type { Config } from '../config/schema.js'
import { isoTime, wallMs } from '../lib/clock.js'
import { differ } from '../lib/differ.js'
import { codeOf, messageOf } from '../lib/errors.js'
import type { ConfigurationStatus } from '../outputs/controls.js'

export interface ReloaderOptions {
  /** Where it comes from; null: nowhere, and nothing is ever read again. */
  readonly file: string | null
  readonly first: Config
  /** Rejects with CONFIG_INVALID. */
  load(): Promise<Config>
  /** Makes it hold. Rejects if it cannot, and then all is as before. */
  apply(config: Config): Promise<void>
  /** Makes the one in force hold after something beside it has changed. */
  reapply(config: Config): Promise<void>
  readonly log: CameraLog
}

/** Keeps the last good configuration in force, and says what is wrong with the newest one. */
export interface Reloader {
  /** Of now. */
  config(): Config
  status(): ConfigurationStatus
  /** Reads the configuration again. Never rejects: what is wrong is in the status and in the log. */
  reload(): Promise<void>
  /** Makes the configuration in force hold again, after something beside it has changed. */
  reapply(): Promise<void>
  /** Lets a change in hand finish, and begins no other: what it opened then, nobody would close. */
  close(): Promise<void>
}

/** What is only looked at when the service starts. */
const AT_START = ['server', 'power', 'mqtt', 'webhooks', 'log'] as const

export function createReloader(options: ReloaderOptions): Reloader {
  const { file, first, load, apply, log } = options
  let config = first
  let loadedAt = isoTime(wallMs())
  let error: string | null = null
  let needRestart: string[] = []
  let reloading = Promise.resolve()
  let closed = false

  async function reload(): Promise<void> {
    if (closed) return
    try {
      const next = await load()
      await apply(next)
      config = next
      loadedAt = isoTime(wallMs())
      error = null
      needRestart = AT_START.filter(part => differ(next[part], first[part]))
      // journal files are opened once
      if (differ(next.events.journal, first.events.journal)) needRestart.push('events.journal')
      log.info({ file, needRestart }, 'the configuration was read again')
    } catch (cause) {
      error = messageOf(cause)
      log.warn({ file, code: codeOf(cause), error }, 'the configuration stays as it was')
    }
  }

  return {
    config: () => config,
    status: () => ({ file, loadedAt, error, needRestart }),
    reload() {
      reloading = reloading.then(reload)
      return reloading
    },
    reapply() {
      const applying = reloading.then(async () => {
        if (!closed) await options.reapply(config)
      })
      reloading = applying.catch(() => undefined)
      return applying
    },
    close() {
      closed = true
      return reloading
    },
  }
}
