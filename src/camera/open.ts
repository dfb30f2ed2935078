import type { Camera, Source } from './camera.js'
import type { CameraConfig } from './config.js'
import { type Decode, demoSource } from './demo.js'
import { ffmpegSource } from './ffmpeg.js'
import { libcameraSource } from './libcamera.js'
import { replaySource } from './replay.js'
import { type CameraLog, supervise } from './supervise.js'

export interface OpenOptions {
  readonly config: CameraConfig
  /** Decodes the demo's photos. */
  readonly decode: Decode
  readonly log: CameraLog
}

/** Opens a configured camera. It starts at once and never throws: what goes wrong is in its status. */
export function openCamera({ config, decode, log }: OpenOptions): Camera {
  return supervise({ id: config.id, source: sourceOf(config, decode), log })
}

function sourceOf(config: CameraConfig, decode: Decode): Source {
  switch (config.type) {
    case 'libcamera':
      return libcameraSource(config)
    case 'ffmpeg':
      return ffmpegSource(config)
    case 'replay':
      return replaySource(config)
    case 'demo':
      return demoSource({ fps: config.fps, decode })
  }
}
