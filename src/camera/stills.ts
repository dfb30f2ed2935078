import { sleep } from '../lib/sleep.js'
import type { PictureSink, Source } from './camera.js'
import { type StillOptions, takeStill } from './still.js'

export interface StillsOptions extends StillOptions {
  /** Seconds from one picture to the next. */
  readonly everySeconds: number
}

/** A CSI camera that is opened for one picture at a time: for boards that live on a battery, where a running camera costs more than looking. */
export function stillsSource({ everySeconds, ...options }: StillsOptions): Source {
  async function run(sink: PictureSink, signal: AbortSignal): Promise<void> {
    for (;;) {
      // what is being taken cannot be stopped, but ends by itself within `timeoutMs`
      sink.put(await takeStill(options))
      await sleep(everySeconds * 1000, signal)
    }
  }
  return { kind: 'libcamera', label: `CSI camera ${options.settings.camera ?? 0}, stills`, run }
}
