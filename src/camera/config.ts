import { z } from 'zod'
import { messageOf } from '../lib/errors.js'
import { parseInput } from './ffmpeg-input.js'

/** What a camera may be called; not as what every object of the language has, as settings are kept by its name. */
export const CAMERA_ID = /^(?!constructor$)[a-z0-9][a-z0-9-]{0,39}$/

const common = {
  /** Names the camera in URLs, metrics and events. */
  id: z.string().regex(CAMERA_ID, 'expected a-z, 0-9 and -, at most 40'),
  /** Milliseconds after which a frame is too old to be analysed. */
  maxAgeMs: z.int().min(50).max(60_000).default(2000),
}

/** Below 0.2 a healthy camera would look like a stalled one. */
const fps = z.number().min(0.2).max(120)

const evenPixels = z.int().min(16).max(8192).multipleOf(2)

const path = z.string().min(1).max(4096)

const input = path.superRefine((value, context) => {
  try {
    parseInput(value)
  } catch (error) {
    context.addIssue({ code: 'custom', message: messageOf(error) })
  }
})

/** One camera of the configuration, with its defaults. */
export const cameraSchema = z.discriminatedUnion('type', [
  z.strictObject({
    ...common,
    type: z.literal('libcamera'),
    camera: z.int().min(0).max(7).default(0),
    /** `stills` opens the camera for one picture every `everySeconds`. */
    mode: z.enum(['video', 'stills']).default('video'),
    everySeconds: z.number().min(5).max(86_400).default(60),
    codec: z.enum(['yuv420', 'mjpeg']).default('yuv420'),
    width: z.int().min(64).max(8192).multipleOf(64).default(1280),
    height: evenPixels.default(720),
    fps: fps.default(15),
    hflip: z.boolean().default(false),
    vflip: z.boolean().default(false),
    rotation: z.literal([0, 180]).default(0),
    stride: evenPixels.optional(),
  }),
  z.strictObject({
    ...common,
    type: z.literal('ffmpeg'),
    input,
    width: evenPixels.default(1280),
    height: evenPixels.default(720),
    fps: fps.optional(),
    deviceFormat: z.enum(['mjpeg', 'raw']).default('mjpeg'),
    realtime: z.boolean().default(true),
    loop: z.boolean().default(false),
    /** `auto` decodes H.264 only at key frames while the scene is quiet. */
    keyFrames: z.enum(['auto', 'off']).default('auto'),
  }),
  z.strictObject({
    ...common,
    type: z.literal('replay'),
    path,
    pace: z.enum(['fps', 'taken']).default('fps'),
    fps: fps.default(10),
    loop: z.boolean().default(false),
  }),
  z.strictObject({
    ...common,
    type: z.literal('demo'),
    fps: fps.default(10),
  }),
])

/** A camera as configured, defaults filled in. `input` of type ffmpeg may hold a password. */
export type CameraConfig = z.output<typeof cameraSchema>

/** True for recordings that are taken as fast as they are analysed: their frames wait, and none is too old. */
export function waitsForAnalysis(config: CameraConfig): boolean {
  if (config.type === 'replay') return config.pace === 'taken'
  return config.type === 'ffmpeg' && !config.realtime
}
