import type { CameraStatus } from '../camera/camera.js'
import type { Gauges } from './gauges.js'

/** Where frames, pictures and messages wait and get lost. */
export interface FlowReadings {
  cameras(): readonly CameraStatus[]
  queue(): { readonly waiting: number; readonly refused: number }
  live(): { readonly viewers: number; readonly encoded: number; readonly dropped: number }
  clients(): { readonly clients: number; readonly dropped: number }
}

/** What goes through cameras, inference and outputs. */
export function addFlowMetrics(
  { gauge, counter, gauges, counters }: Gauges,
  { cameras, queue, live, clients }: FlowReadings,
): void {
  const each = (read: (status: CameraStatus) => number) => () =>
    cameras().map(status => [{ camera: status.id }, read(status)] as const)
  const camera = (name: string, help: string, read: (status: CameraStatus) => number) =>
    gauges(name, help, ['camera'], each(read))
  const cameraCount = (name: string, help: string, read: (status: CameraStatus) => number) =>
    counters(name, help, ['camera'], each(read))

  camera('squint_camera_up', '1 while the camera gives frames', ({ state }) =>
    state === 'streaming' ? 1 : 0,
  )
  camera('squint_camera_fps', 'Frames per second that arrive', s => s.fps)
  cameraCount('squint_camera_frames_total', 'Frames that arrived whole', s => s.frames)
  cameraCount('squint_camera_dropped_total', 'Frames replaced unseen', s => s.dropped)
  cameraCount('squint_camera_lost_total', 'Pictures torn or too large', s => s.lost)
  cameraCount('squint_camera_restarts_total', 'Times opened again', s => s.restarts)
  gauge(
    'squint_inference_waiting',
    'Pictures in or before the inference thread',
    () => queue().waiting,
  )
  counter(
    'squint_inference_refused_total',
    'Uploads refused: too many waited',
    () => queue().refused,
  )
  gauge('squint_live_viewers', 'Live viewers', () => live().viewers)
  counter('squint_live_encoded_total', 'Raw pictures encoded for viewers', () => live().encoded)
  counter(
    'squint_live_dropped_total',
    'Frames that viewers were too slow for',
    () => live().dropped,
  )
  gauge('squint_ws_clients', 'WebSocket clients', () => clients().clients)
  counter(
    'squint_ws_dropped_total',
    'Messages that clients were too slow for',
    () => clients().dropped,
  )
}
