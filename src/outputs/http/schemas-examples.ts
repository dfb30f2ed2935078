import type { CameraStatus } from '../../camera/camera.js'
import type { Result } from '../../events/result.js'

export const resultExample: Result = {
  camera: 'porch',
  frame: { id: 4711, capturedAt: '2026-11-22T21:05:00.123Z', ageMs: 41, width: 1280, height: 720 },
  exit: {
    stage: 'scout',
    reason: 'confident',
    motion: 0.031,
    complexity: 0.22,
    escalated: false,
    expert: null,
    grounds: {
      edges: 0.1,
      entropy: 0.4,
      blobs: 1,
      doubt: 0.05,
      candidates: 1,
      ambiguous: 0,
      new: 0,
      known: 0,
      refuted: 0,
      lost: 0,
      sinceLookMs: 350,
      sinceExpertMs: 4000,
    },
  },
  budget: null,
  detections: [
    {
      label: 'person',
      classId: 0,
      score: 0.87,
      box: { x: 0.41, y: 0.2, width: 0.11, height: 0.55 },
      trackId: 17,
      zones: ['path'],
    },
  ],
  timingsMs: { queue: 1.2, decode: 3.9, gate: 0.2, scout: 6.4, expert: 0, remote: 0, total: 41 },
  energyMj: {
    total: 38.5,
    decode: 11.9,
    gate: 0.6,
    scout: 26,
    expert: 0,
    method: 'calibrated',
    scope: 'board',
    uncertainty: 0.2,
  },
}

export const cameraExample: CameraStatus = {
  id: 'porch',
  kind: 'libcamera',
  label: 'camera 0',
  state: 'streaming',
  frames: 4711,
  fps: 10,
  ageMs: 63,
  width: 1280,
  height: 720,
  dropped: 3,
  lost: 0,
  restarts: 0,
  resting: false,
  error: null,
}
