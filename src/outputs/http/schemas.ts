import { z } from '@hono/zod-openapi'
import type { Result } from '../../events/result.js'
import type { Decision } from '../decisions.js'

export const share = z.number().min(0).max(1)
const milliseconds = z.number().min(0)

export const boxSchema = z
  .object({ x: share, y: share, width: share, height: share })
  .openapi('Box', { description: 'Shares of the frame, origin top left' })

const counted = z.int().min(0)

export const groundsSchema = z
  .object({
    edges: share,
    entropy: share,
    blobs: counted,
    doubt: z.number().nullable(),
    candidates: counted,
    ambiguous: counted,
    new: counted,
    known: counted,
    refuted: counted,
    lost: counted,
    sinceLookMs: milliseconds.nullable(),
    sinceExpertMs: milliseconds.nullable(),
  })
  .openapi('Grounds', { description: 'The numbers that an exit was decided on' })

export const exitSchema = z
  .object({
    stage: z.enum(['gate', 'scout', 'expert']),
    reason: z.enum([
      'unchanged',
      'followed',
      'unrecognised',
      'paced',
      'empty',
      'confident',
      'known',
      'deferred',
      'ambiguous',
      'new',
      'lost',
      'small',
      'complex',
      'cut',
      'refresh',
      'requested',
    ]),
    motion: share,
    complexity: share,
    escalated: z.boolean(),
    expert: z.enum(['local', 'remote']).nullable().openapi({
      description: 'Which expert looked: here, also in place of a server, or there; null: none',
    }),
    grounds: groundsSchema,
  })
  .openapi('Exit', { description: 'Where looking stopped, and why' })

const stages = {
  decode: milliseconds,
  gate: milliseconds,
  scout: milliseconds,
  expert: milliseconds,
}

const remote = milliseconds.openapi({
  description: 'Waited for an expert on a server, in vain or not; it takes no energy here',
})

const detection = { label: z.string(), classId: z.int().min(0), score: share, box: boxSchema }

const frame = { width: z.int(), height: z.int() }

export const energySchema = z
  .object({
    total: z.number(),
    ...stages,
    method: z.enum(['measured', 'calibrated', 'modelled']),
    scope: z.enum(['board', 'soc', 'process']),
    uncertainty: z.number().openapi({ description: 'Relative: 0.5 is 50 %' }),
  })
  .openapi('Energy', { description: 'Millijoules above idle' })

export const budgetSchema = z
  .object({
    limitedBy: z.enum(['watts', 'millijoulesPerFrame', 'milliseconds', 'celsius', 'throttled']),
    level: share,
    target: z.number().nullable(),
    actual: z.number().nullable(),
    atFloor: z.boolean(),
    moved: z.array(z.enum(['thresholds', 'escalations', 'rate'])).readonly(),
  })
  .openapi('Budget', {
    description: 'Which budget moved what; level 1 is full effort, 0 the floor',
  })

export const resultSchema = z
  .object({
    camera: z.string(),
    frame: z.object({
      id: z.int(),
      capturedAt: z.string().openapi({ format: 'date-time' }),
      ageMs: milliseconds,
      ...frame,
    }),
    exit: exitSchema,
    budget: budgetSchema.nullable(),
    detections: z
      .array(z.object({ ...detection, trackId: z.int(), zones: z.array(z.string()).readonly() }))
      .readonly(),
    timingsMs: z.object({ queue: milliseconds, ...stages, remote, total: milliseconds }),
    energyMj: energySchema,
  })
  .openapi('Result') satisfies z.ZodType<Result>

export const decisionSchema = resultSchema
  .omit({ detections: true })
  .extend({
    candidates: z
      .array(
        z.object({
          ...detection,
          probability: share,
          meaning: z.enum(['certain', 'known', 'refuted', 'new', 'small', 'ambiguous']),
          low: share,
          high: share,
        }),
      )
      .readonly(),
  })
  .openapi('Decision', {
    description: 'Why a frame was looked at as hard as it was',
  }) satisfies z.ZodType<Decision>

export const detectSchema = z
  .object({
    frame: z.object(frame),
    exit: exitSchema,
    detections: z.array(z.object(detection)).readonly(),
    timingsMs: z.object({ ...stages, remote, total: milliseconds }),
    energyMj: energySchema,
  })
  .openapi('DetectResult')

export const cameraStatusSchema = z
  .object({
    id: z.string(),
    kind: z.enum(['libcamera', 'ffmpeg', 'replay', 'demo']),
    label: z.string(),
    state: z.enum(['starting', 'streaming', 'waiting', 'ended', 'closed']),
    frames: z.int(),
    fps: z.number(),
    ageMs: z.number().nullable(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    dropped: z.int(),
    lost: z.int(),
    restarts: z.int(),
    resting: z.boolean().openapi({ description: 'Only key frames are decoded now' }),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
  })
  .openapi('CameraStatus')

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
  })
  .openapi('Problem', { description: 'RFC 9457, with a code that programs can test' })
