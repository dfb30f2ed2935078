import type { Camera } from '../../camera/camera.js'
import type { Live, LiveFrame } from '../live.js'
import type { Client } from './client.js'
import { createLink, type Socket } from './link.js'
import { type SentFrame, widthFor } from './width.js'

export interface Go2rtcClientOptions {
  readonly socket: Socket
  /** The camera by the name that was asked for, if there is one now. */
  find(): Camera | undefined
  readonly live: Live
}

/**
 * A player of go2rtc (www/video-rtc.js) at `/api/ws?src=`: it asks for one kind of video after the other until it gets no error,
 * and of ours it knows `mjpeg`, which is one JPEG per binary message. It gives no credit: the way alone says when the next may go.
 */
export function createGo2rtcClient({ socket, find, live }: Go2rtcClientOptions): Client {
  const left = new AbortController()
  const link = createLink(socket, () => ready())
  let ready = (): void => undefined
  let playing: Camera | undefined
  let last: SentFrame | undefined

  function play(camera: Camera): void {
    playing = camera
    const viewer = {
      wants() {
        if (!link.free()) return false
        link.reserve()
        return true
      },
      width: () => widthFor(last, link.wireMs),
      put(frame: LiveFrame) {
        last = { ...frame, bytes: frame.jpeg.byteLength }
        link.sendFrame(frame.jpeg)
      },
      missed: link.giveUp,
    }
    ready = live.watch(camera, viewer, left.signal)
  }

  function refuse(what: string): void {
    link.send(JSON.stringify({ type: 'error', value: what }))
  }

  return {
    receive(data) {
      const type = typeOf(data)
      const camera = find()
      if (camera === undefined) return refuse(`${type}: stream not found`)
      // players take the next kind when the message begins with the one that they asked for
      if (type !== 'mjpeg') return refuse(`${type}: expected mjpeg`)
      if (playing !== undefined) return
      link.send(JSON.stringify({ type: 'mjpeg' }))
      play(camera)
    },
    pong: link.pong,
    dropped: link.dropped,
    close: (code, reason) => socket.close(code, reason),
    // players come back by themselves, and to a camera that was removed and added again
    refresh() {
      if (playing !== undefined && find() !== playing) socket.close(1000, 'the camera is gone')
    },
    gone: () => left.abort(),
  }
}

function typeOf(data: unknown): string {
  try {
    const message: unknown = JSON.parse(String(data))
    if (typeof message === 'object' && message !== null && 'type' in message) {
      return String(message.type)
    }
  } catch {
    // said below
  }
  return 'message'
}
