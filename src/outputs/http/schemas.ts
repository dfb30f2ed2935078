import { z } from '@hono/zod-openapi'
import type { Result } from '../../events/result.js'
import { ERROR_CODES } from '../../lib/errors.js'
import type { Decision } from '../decisions.js'
import { cameraExample, resultExample } from './schemas-examples.js'

export const share = z.number().min(0).max(1)
const milliseconds = z.number().min(0)

export const boxSchema = z
  .object({ x: share, y: share, width: share, height: share })
  .openapi('Box', {
    description: 'Shares of the frame, origin top left',
    example: { x: 0.41, y: 0.2, width: 0.11, height: 0.55 },
  })

const counted = z.int().min(0)

export const groundsSchema = z
  .object({
    edges: share.openapi({ description: 'Density of edges in what changed' }),
    entropy: share.openapi({ description: 'Of what changed' }),
    blobs: counted.openapi({ description: 'Groups into which what changed falls' }),
    doubt: z.number().nullable().openapi({
      description:
        'Variance of the number of true objects among what the scout sees; null: it did not look',
    }),
    candidates: counted.openapi({ description: 'Of the scout; the next four say what they meant' }),
    ambiguous: counted,
    new: counted,
    known: counted,
    refuted: counted,
    lost: counted.openapi({ description: 'Objects that should have been seen and were not' }),
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
    motion: share.openapi({ description: 'Share of the picture that changed' }),
    complexity: share.openapi({ description: 'Of what changed' }),
    escalated: z.boolean().openapi({ description: 'The scout looked and the expert had to' }),
    expert: z.enum(['local', 'remote']).nullable().openapi({
      description: 'Which expert looked: here, also in place of a server, or there; null: none',
    }),
    grounds: groundsSchema,
  })
  .openapi('Exit', { description: 'Where looking stopped, and why' })

/** Of each stage; 0 for one that did not run. */
const stages = {
  decode: milliseconds,
  gate: milliseconds,
  scout: milliseconds,
  expert: milliseconds,
}

const remote = milliseconds.openapi({
  description: 'Waited for an expert on a server, in vain or not; it takes no energy here',
})

const detection = {
  label: z.string(),
  classId: z.int().min(0).openapi({ description: "Index into the model's labels" }),
  score: share,
  box: boxSchema,
}

const pixels = z.int().openapi({ description: 'Pixels' })
const frame = { width: pixels, height: pixels }

const energyStages = {
  decode: z.number(),
  gate: z.number(),
  scout: z.number(),
  expert: z.number(),
}

export const energySchema = z
  .object({
    total: z.number(),
    ...energyStages,
    method: z.enum(['measured', 'calibrated', 'modelled']),
    scope: z.enum(['board', 'soc', 'process']),
    uncertainty: z.number().openapi({ description: 'Relative: 0.5 is 50 %' }),
  })
  .openapi('Energy', { description: 'Millijoules above idle' })

export const budgetSchema = z
  .object({
    limitedBy: z.enum(['watts', 'millijoulesPerFrame', 'milliseconds', 'celsius', 'throttled']),
    level: share,
    target: z.number().nullable().openapi({
      description: 'Of what limits, in its own unit; null for throttling',
    }),
    actual: z.number().nullable().openapi({ description: 'Its average over the last seconds' }),
    atFloor: z.boolean().openapi({ description: 'Nothing is left to give' }),
    moved: z.array(z.enum(['thresholds', 'escalations', 'rate'])).readonly(),
  })
  .openapi('Budget', {
    description: 'Which budget moved what; level 1 is full effort, 0 the floor',
  })

export const resultSchema = z
  .object({
    camera: z.string(),
    frame: z.object({
      id: z.int().openapi({ description: 'Counts up for as long as the service runs' }),
      capturedAt: z.string().openapi({ format: 'date-time' }),
      ageMs: milliseconds.openapi({ description: 'When the result was ready' }),
      ...frame,
    }),
    exit: exitSchema,
    budget: budgetSchema.nullable(),
    detections: z
      .array(
        z.object({
          ...detection,
          trackId: z.int().openapi({ description: 'Stays while the object is in view' }),
          zones: z.array(z.string()).readonly().openapi({ description: 'Zones that hold it' }),
        }),
      )
      .readonly(),
    timingsMs: z.object({
      queue: milliseconds.openapi({ description: 'From capture until it was taken up' }),
      ...stages,
      remote,
      total: milliseconds.openapi({ description: 'From capture until the result was ready' }),
    }),
    energyMj: energySchema,
  })
  .openapi('Result', { example: resultExample }) satisfies z.ZodType<Result>

export const decisionSchema = resultSchema
  .omit({ detections: true })
  .extend({
    candidates: z
      .array(
        z.object({
          ...detection,
          probability: share.openapi({ description: 'That it is right, calibrated' }),
          meaning: z.enum(['certain', 'known', 'refuted', 'new', 'small', 'ambiguous']),
          low: share.openapi({ description: 'Score below which it would be absent' }),
          high: share.openapi({ description: 'Score from which it would be certain' }),
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

export const errorCodeSchema = z.enum(ERROR_CODES).openapi('ErrorCode', {
  description: 'Stays the same from version to version; messages do not',
})

export const cameraStatusSchema = z
  .object({
    id: z.string(),
    kind: z.enum(['libcamera', 'ffmpeg', 'replay', 'demo']),
    label: z.string().openapi({ description: 'What is opened, without secrets' }),
    state: z.enum(['starting', 'streaming', 'waiting', 'ended', 'closed']),
    frames: z.int().openapi({ description: 'Pictures that arrived whole' }),
    fps: z.number().openapi({ description: 'Over the last seconds' }),
    ageMs: z.number().nullable().openapi({ description: 'Of the newest picture; null: none yet' }),
    width: z.int().nullable().openapi({ description: 'Pixels' }),
    height: z.int().nullable().openapi({ description: 'Pixels' }),
    dropped: z.int().openapi({ description: 'Pictures that a newer one replaced unread' }),
    lost: z.int().openapi({ description: 'Torn or oversized pictures' }),
    restarts: z.int(),
    resting: z.boolean().openapi({ description: 'Only key frames are decoded now' }),
    error: z.object({ code: errorCodeSchema, message: z.string() }).nullable().openapi({
      description: 'What is wrong now',
    }),
  })
  .openapi('CameraStatus', {
    example: cameraExample,
  })

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: errorCodeSchema,
    detail: z.string(),
  })
  .openapi('Problem', {
    description: 'RFC 9457, with a code that programs can test',
    example: {
      type: 'about:blank',
      title: 'camera unknown',
      status: 404,
      code: 'CAMERA_UNKNOWN',
      detail: 'camera: expected one of porch, yard, found garage',
    },
  })
