import type { Camera, Source } from './camera.js'
import type { CameraConfig } from './config.js'
import { type Decode, demoSource } from './demo.js'
import { ffmpegSource } from './ffmpeg.js'
import { libcameraSource } from './libcamera.js'
import { replaySource } from './replay.js'
import { stillsSource } from './stills.js'
import { type CameraLog, supervise } from './supervise.js'

/** Longest that opening the camera and taking one picture may take. */
const STILL_MS = 20_000

export interface OpenOptions {
  readonly config: CameraConfig
  /** Id of the last frame that an earlier camera of this name gave. */
  readonly lastFrame?: number
  /** Decodes the demo's photos. */
  readonly decode: Decode
  readonly log: CameraLog
}

/** Opens a configured camera. It starts at once and never throws: what goes wrong is in its status. */
export function openCamera({ config, decode, log, lastFrame = 0 }: OpenOptions): Camera {
  const source = sourceOf(config, decode)
  return supervise({ id: config.id, lastFrame, source, log, ...patience(config) })
}

/** Stills come seldom, and silence between them is no stall. */
function patience(config: CameraConfig) {
  const stills = config.type === 'libcamera' && config.mode === 'stills'
  return stills ? { stallMs: config.everySeconds * 1000 + STILL_MS } : {}
}

function sourceOf(config: CameraConfig, decode: Decode): Source {
  switch (config.type) {
    case 'libcamera':
      return config.mode === 'stills' ? stillsOf(config) : libcameraSource(config)
    case 'ffmpeg':
      return ffmpegSource(config)
    case 'replay':
      return replaySource(config)
    case 'demo':
      return demoSource({ fps: config.fps, decode })
  }
}

function stillsOf(config: CameraConfig & { type: 'libcamera' }): Source {
  const { everySeconds, camera, width, height, hflip, vflip, rotation } = config
  return stillsSource({ everySeconds, settings: { camera, width, height, hflip, vflip, rotation } })
}
