import { isFlag, shape } from '../client/guards.js'
import { ask, change, type Refusal } from './ask.js'
import { isDrawing, type SourcedDrawing } from './drawing.js'

/** Other screens, MQTT and the configuration change these as well, but seldom. */
const EVERY_MS = 10_000

export interface CameraSettingsOptions {
  readonly onDrawing: (camera: string, drawing: SourcedDrawing) => void
  readonly onDetection: (camera: string, enabled: boolean) => void
  readonly signal: AbortSignal
}

export interface CameraSettings {
  /** The cameras on the screen; of others nothing is asked. */
  watch(cameras: readonly string[]): void
  /** Asks now: something has changed, or the service is a new one. */
  refresh(): void
  setDetection(camera: string, enabled: boolean): Promise<Refusal | undefined>
}

const isDetection = shape<{ readonly enabled: boolean }>({ enabled: isFlag })

export const drawingPath = (camera: string): string =>
  `/api/cameras/${encodeURIComponent(camera)}/drawing`

const detectionPath = (camera: string): string =>
  `/api/cameras/${encodeURIComponent(camera)}/detection`

/** What is drawn on the cameras that are looked at, and whether their frames are looked at; what an older service lacks is not asked for again. */
export function followCameraSettings(options: CameraSettingsOptions): CameraSettings {
  const { signal } = options
  let watched: readonly string[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let round = 0
  const asks = {
    drawing: async (camera: string) => {
      const answer = await ask(drawingPath(camera), isDrawing, signal)
      if (typeof answer === 'string') return answer
      return () => options.onDrawing(camera, answer)
    },
    detection: async (camera: string) => {
      const answer = await ask(detectionPath(camera), isDetection, signal)
      if (typeof answer === 'string') return answer
      return () => options.onDetection(camera, answer.enabled)
    },
  }
  const known = new Set<keyof typeof asks>(['drawing', 'detection'])

  async function poll(): Promise<void> {
    clearTimeout(timer)
    round += 1
    const ours = round
    if (!document.hidden) {
      for (const camera of watched) {
        for (const what of [...known]) {
          const tell = await asks[what](camera)
          // Something was changed meanwhile: a newer round asks for it.
          if (ours !== round || signal.aborted) return
          if (tell === 'missing') known.delete(what)
          else if (tell !== 'unreachable') tell()
        }
      }
    }
    timer = setTimeout(() => void poll(), EVERY_MS)
  }

  signal.addEventListener('abort', () => clearTimeout(timer))

  return {
    watch(cameras) {
      watched = cameras
      void poll()
    },
    refresh() {
      void poll()
    },
    async setDetection(camera, enabled) {
      round += 1
      const refusal = await change('PUT', detectionPath(camera), signal, { enabled })
      void poll()
      return refusal
    },
  }
}
