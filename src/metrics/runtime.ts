import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Milliseconds between two looks at the event loop; what it would have waited anyway is taken off. */
const RESOLUTION_MS = 10
export interface Runtime {
  read(): {
    readonly rssBytes: number
    /** How late timers fire on the main thread. */
    readonly eventLoopLagMs: { readonly p50: number; readonly p99: number }
  }
  close(): void
}

/**
 * Watches this process itself.
 * @param turnoverMs lag is told of the time since the last turn-over, so that a bad start does not show for ever
 */
export function watchRuntime({ turnoverMs = 60_000 } = {}): Runtime {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  const timer = setInterval(() => delay.reset(), turnoverMs)
  timer.unref()
  const lag = (percentile: number): number =>
    Math.max(0, delay.percentile(percentile) / 1e6 - RESOLUTION_MS)
  return {
    read: () => ({
      rssBytes: process.memoryUsage.rss(),
      eventLoopLagMs: { p50: lag(50), p99: lag(99) },
    }),
    close() {
      clearInterval(timer)
      delay.disable()
    },
  }
}
