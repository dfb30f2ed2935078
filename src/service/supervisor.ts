import type { Camera } from '../camera/camera.js'
import type { CameraLog } from '../camera/supervise.js'
import { monotonicMs } from '../lib/clock.js'
import { codeOf, messageOf } from '../lib/errors.js'
import { openLifetime } from '../lib/lifetime.js'
import { notify } from './notify.js'
import { createPulse } from './pulse.js'

/** Messages per watchdog time: two may be late or lost. */
const PINGS = 3
/** Milliseconds between two messages where no watchdog waits for them. */
const STATUS_MS = 10_000
const TICK_MS = 250
/** How late timers may fire before the service no longer counts as alive. */
const MAX_LAG_MS = 1000
/** systemd is not waited for longer: stopping must not hang on it. */
const STOPPING_MS = 1000

export interface SupervisorOptions {
  readonly cameras: ReadonlyMap<string, Pick<Camera, 'id' | 'status'>>
  readonly log: Pick<CameraLog, 'warn'>
  /** What systemd has set. */
  readonly environment?: NodeJS.ProcessEnv
  /** Milliseconds for which frames may come and none be taken. */
  readonly maxWaitingMs?: number
}

/** The service manager, told how we are; without one, nothing happens. */
export interface Supervisor {
  /** The service can be used. From here on the watchdog is told that we live, as long as that is so. */
  ready(): void
  close(): Promise<void>
}

/**
 * Speaks to systemd (`Type=notify`, `WatchdogSec=`). The watchdog hears of us only while this thread's timers fire in time and
 * the frames that come are looked at, so that a service that hangs is started anew.
 */
export function openSupervisor(options: SupervisorOptions): Supervisor {
  const { cameras, log, environment = process.env, maxWaitingMs = 10_000 } = options
  const { NOTIFY_SOCKET, WATCHDOG_USEC } = environment
  if (!NOTIFY_SOCKET) return { ready() {}, async close() {} }

  const everyMs = WATCHDOG_USEC ? Math.floor(Number(WATCHDOG_USEC) / 1000 / PINGS) : STATUS_MS
  const pulse = createPulse(cameras)
  const closing = new AbortController()
  let timer: ReturnType<typeof setInterval> | undefined
  let lastTick = 0
  let nextPing = 0
  let worstLagMs = 0
  let failing = false

  async function tell(...message: readonly string[]): Promise<void> {
    const life = openLifetime(closing.signal, everyMs)
    try {
      await notify(message, life.signal)
      failing = false
    } catch (error) {
      if (closing.signal.aborted || failing) return
      failing = true
      const fields = { code: codeOf(error), error: messageOf(error) }
      log.warn(fields, 'systemd was not told how the service is')
    } finally {
      life.end()
    }
  }

  function tick(): void {
    const now = monotonicMs()
    worstLagMs = Math.max(worstLagMs, now - lastTick - TICK_MS)
    lastTick = now
    const waitingMs = pulse.waitingMs(now)
    if (now < nextPing) return
    nextPing = now + everyMs
    const alive = worstLagMs < MAX_LAG_MS && waitingMs < maxWaitingMs
    if (alive) void tell('WATCHDOG=1', statusOf(cameras))
    else log.warn({ worstLagMs, waitingMs }, 'too slow: the watchdog is not told that we live')
    worstLagMs = 0
  }

  return {
    ready() {
      lastTick = monotonicMs()
      nextPing = lastTick + everyMs
      timer = setInterval(tick, TICK_MS)
      void tell('READY=1', statusOf(cameras))
    },
    async close() {
      clearInterval(timer)
      closing.abort()
      await notify(['STOPPING=1', 'STATUS=stops'], AbortSignal.timeout(STOPPING_MS)).catch(() => {})
    },
  }
}

/** For `systemctl status`: how many cameras give frames, and why others do not. */
function statusOf(cameras: SupervisorOptions['cameras']): string {
  const all = [...cameras.values()].map(camera => camera.status())
  const streaming = all.filter(({ state }) => state === 'streaming')
  const silent = all
    .filter(({ state }) => state !== 'streaming')
    .map(({ id, state, error }) => `; ${id}: ${error?.code ?? state}`)
  return `STATUS=${streaming.length} of ${all.length} cameras give frames${silent.join('')}`
}
