import { type BestPictures, createBestPictures } from '../events/best-pictures.js'
import type { EventsConfig } from '../events/config.js'
import type { EventChange } from '../events/event.js'
import type { NewEventId } from '../events/event-id.js'
import { type CameraEvents, createCameraEvents } from '../events/events.js'
import type { Journal } from '../events/journal/journal.js'
import { createPlacing, type Placing } from '../events/place.js'
import type { Drawing } from '../events/zones.js'
import type { Frame } from '../frame/frame.js'
import { monotonicMs, wallMs } from '../lib/clock.js'
import { differ } from '../lib/differ.js'
import type { PipelineOptions } from '../pipeline.js'

/** Time passes for cameras that give no frames, too. */
const TICK_MS = 1000

export interface HappeningsOptions {
  readonly journal: Pick<Journal, 'add' | 'keepSnapshot' | 'snapshot'>
  readonly newId: NewEventId
  config(): EventsConfig
  drawing(camera: string): Drawing
  /** A frame's picture; called only when an event wants it. */
  jpegOf(frame: Frame): Promise<Uint8Array>
  /** Tells everybody of a change that the journal has taken. */
  publish(change: EventChange): void
  /** A better picture of this event is kept, perhaps after its end. */
  pictured(id: string): void
  onError(error: unknown, of: { readonly camera: string }): void
}

/** What happens in front of all cameras. */
export interface Happenings {
  /** The event stage of one camera, for its pipeline. */
  of(camera: string): PipelineOptions['events']
  /** Configuration or drawings have changed. */
  adapt(): void
  /** A camera is gone: its events end. */
  remove(camera: string): void
  /** The picture of an event (JPEG): who was told of a better look and asks gets that one; undefined if none is kept. */
  snapshot(id: string): Promise<Uint8Array | undefined>
  /** Ends all events, and settles when their pictures are kept. */
  close(): Promise<void>
}

interface Stage {
  readonly events: CameraEvents
  readonly pictures: Pick<BestPictures, 'hurry' | 'settled'>
  drawing: Drawing
  placing: Placing
}

export function createHappenings(options: HappeningsOptions): Happenings {
  const { journal, newId, config, drawing, publish, onError } = options
  const stages = new Map<string, Stage>()
  const now = () => ({ atMs: monotonicMs(), wallMs: wallMs() })

  function open(camera: string): PipelineOptions['events'] {
    const pictures = createBestPictures({
      jpegOf: options.jpegOf,
      async keep(id, jpeg) {
        await journal.keepSnapshot(id, jpeg)
        events.kept(id)
        options.pictured(id)
      },
      onError: error => onError(error, { camera }),
    })
    const events = createCameraEvents({
      camera,
      config: config(),
      newId,
      onChange(change) {
        journal.add(change)
        publish(change)
        pictures.happened(change)
      },
    })
    const drawn = drawing(camera)
    const stage: Stage = {
      events,
      pictures,
      drawing: drawn,
      placing: createPlacing(drawn),
    }
    stages.set(camera, stage)
    return {
      place: (detections, atMs) => stage.placing.place(detections, atMs),
      observe({ frame: { id, width, height }, exit, detections }, frame) {
        const { capturedAt: atMs, capturedWallMs: wallMs } = frame
        const better = events.observe({
          atMs,
          wallMs,
          frameId: id,
          width,
          height,
          exit,
          detections,
        })
        pictures.offer(frame, config().journal.snapshots ? better : [])
      },
      pause: () => events.end('off', now()),
    }
  }

  const ticking = setInterval(() => {
    for (const { events } of stages.values()) events.tick(now())
  }, TICK_MS)

  return {
    of: open,
    adapt() {
      for (const [camera, stage] of stages) {
        stage.events.configure(config())
        const drawn = drawing(camera)
        if (!differ(drawn, stage.drawing)) continue
        stage.drawing = drawn
        stage.placing = createPlacing(drawn)
      }
    },
    remove(camera) {
      stages.get(camera)?.events.end('camera', now())
      stages.delete(camera)
    },
    async snapshot(id) {
      await Promise.all([...stages.values()].map(({ pictures }) => pictures.hurry(id)))
      return journal.snapshot(id)
    },
    async close() {
      clearInterval(ticking)
      for (const { events } of stages.values()) events.end('restart', now())
      await Promise.all([...stages.values()].map(({ pictures }) => pictures.settled()))
    },
  }
}
