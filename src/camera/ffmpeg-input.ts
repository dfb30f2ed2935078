import { resolve } from 'node:path'
import { SquintError } from '../lib/errors.js'
import { urlLabel } from '../lib/mask.js'

export interface FfmpegInput {
  readonly kind: 'device' | 'rtsp' | 'http' | 'file'
  /** What ffmpeg opens: may hold a password, so it goes into argv and nowhere else. */
  readonly target: string
  /** The same for people, without secrets. */
  readonly label: string
  /** All that ffmpeg may open for it, redirects and playlists included. */
  readonly protocols: string
  /** Whether the stream is JPEGs already, so that they can be passed on as they are. */
  readonly mjpeg: boolean
}

const DEVICE = /^\/dev\/(video\d+|v4l\/by-(id|path)\/[\w:.-]+)$/

const NETWORK: Readonly<Record<string, Pick<FfmpegInput, 'kind' | 'protocols' | 'mjpeg'>>> = {
  'rtsp:': { kind: 'rtsp', protocols: 'rtsp,rtp,tcp', mjpeg: false },
  'rtsps:': { kind: 'rtsp', protocols: 'rtsps,rtsp,rtp,tls,tcp', mjpeg: false },
  'http:': { kind: 'http', protocols: 'http,tcp', mjpeg: true },
  'https:': { kind: 'http', protocols: 'https,tls,tcp', mjpeg: true },
}

/**
 * Recognises an input by its shape: a capture device, a camera's URL or a file. Everything else (`exec:`, `concat:`, other devices,
 * options) is refused with CONFIG_INVALID, because ffmpeg reads far more out of an input than its name.
 */
export function parseInput(input: string): FfmpegInput {
  if (DEVICE.test(input)) {
    return { kind: 'device', target: input, label: input, protocols: 'file', mjpeg: true }
  }
  return networkInput(input) ?? fileInput(input)
}

function networkInput(input: string): FfmpegInput | undefined {
  if (!URL.canParse(input)) return undefined
  const url = new URL(input)
  const network = NETWORK[url.protocol]
  if (!network || url.hostname === '') throw refused(input)
  return { ...network, target: url.href, label: urlLabel(url) }
}

function fileInput(input: string): FfmpegInput {
  const path = resolve(input)
  const plain = !/^-|\p{Cc}|^[^/]*:/u.test(input) && !input.split('/').includes('..')
  const system = /^\/(dev|proc|sys)(\/|$)/.test(path)
  if (!plain || system || input === '') throw refused(input)
  const mjpeg = /\.mjpe?g$/i.test(path)
  return { kind: 'file', target: `file:${path}`, label: path, protocols: 'file', mjpeg }
}

function refused(input: string): SquintError {
  const expected = '/dev/videoN, /dev/v4l/by-id/..., rtsp(s)://, http(s):// or a file'
  // no more than its first word: what is no address may be one with a slip of the pen, and a password behind it
  const [word] = /^\/?[\w.+-]{0,40}:?/.exec(input)!
  const found = JSON.stringify(word === input ? input : `${word}…`)
  return new SquintError('CONFIG_INVALID', `input: expected ${expected}, found ${found}`)
}
