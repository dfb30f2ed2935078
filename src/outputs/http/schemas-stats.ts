import { z } from '@hono/zod-openapi'
import type { CameraEnergy } from '../../metrics/energy-stats.js'
import type { BoardState } from '../../power/board/board-state.js'
import type { Balance } from '../../power/energy.js'
import type { MeterStatus } from '../../power/meters/meter.js'
import { cameraStatusSchema, share } from './schemas.js'
import { deliveriesSchema } from './schemas-deliveries.js'

const method = z.enum(['measured', 'calibrated', 'modelled'])
const scope = z.enum(['board', 'soc', 'process'])
const uncertainty = z.number().openapi({ description: 'Relative, one standard deviation' })
const known = { method, scope, uncertainty }
const watts = z.number()
const joules = z.number()
const rails = z.array(z.object({ name: z.string(), watts })).readonly()

const meterSchema = z
  .object({
    name: z.string(),
    scope,
    accuracy: z.number().openapi({ description: 'Relative: 0.01 is 1 %' }),
    source: z.string(),
    warnings: z.array(z.string()).readonly(),
    state: z.enum(['answering', 'silent']),
    reading: z.object({ watts, rails }).nullable(),
    reason: z.string().nullable().openapi({ description: 'Why it is silent' }),
    joules: joules.openapi({ description: 'Counted since the start, idle included' }),
  })
  .openapi('Meter') satisfies z.ZodType<MeterStatus>

const balanceSchema = z
  .object({
    seconds: z.number(),
    meterJoules: joules,
    idleJoules: joules,
    stageJoules: joules,
    otherJoules: joules,
    unexplainedJoules: joules,
  })
  .openapi('Balance', {
    description:
      "Where the meter's joules of the last seconds went: idle, stages, other work of the processor, and what is left",
  }) satisfies z.ZodType<Balance>

const flags = z.object({
  underVoltage: z.boolean().nullable(),
  frequencyCapped: z.boolean(),
  throttled: z.boolean(),
  softTemperatureLimit: z.boolean(),
})

const boardSchema = z
  .object({
    celsius: z.number().nullable().openapi({ description: 'Hottest sensor on the chip' }),
    throttled: z.boolean().nullable().openapi({ description: 'Slowed down by heat or supply' }),
    underVoltage: z.object({ now: z.boolean().nullable(), ever: z.boolean().nullable() }),
    firmware: z
      .object({ now: flags, ever: flags })
      .nullable()
      .openapi({ description: 'Raspberry Pi' }),
    clocks: z
      .array(
        z.object({
          name: z.string(),
          governor: z.string().nullable(),
          hertz: z.number().nullable(),
          maxHertz: z.number().nullable(),
        }),
      )
      .readonly(),
    overCurrent: z
      .array(
        z.object({
          name: z.string(),
          meaning: z
            .enum(['under-voltage', 'average over-current', 'instantaneous over-current'])
            .nullable(),
          events: z.int(),
          eventsSinceStart: z.int(),
        }),
      )
      .readonly()
      .openapi({ description: 'Jetson: moments at which the supply could not keep up' }),
    powerMode: z.string().nullable().openapi({ description: "Jetson's nvpmodel" }),
    gpu: z.object({ load: share.nullable(), hertz: z.number().nullable() }).nullable(),
    pressure: z
      .object({ cpu: share, memory: share, io: share })
      .nullable()
      .openapi({ description: 'Share of the last 10 s in which something waited for it' }),
    memory: z.object({ totalBytes: z.int(), availableBytes: z.int() }).nullable(),
  })
  .openapi('Board', {
    description: 'How it fares; null: it cannot tell',
  }) satisfies z.ZodType<BoardState>

const millijoules = z.number().nullable()

const cameraEnergySchema = z
  .object({
    mean: millijoules,
    meanByExit: z.object({ gate: millijoules, scout: millijoules, expert: millijoules }),
    expertOnly: millijoules.openapi({ description: 'With the expert on every frame' }),
    savedShare: z.number().nullable().openapi({
      description: 'Of expertOnly; null: nothing to compare with, or not distinguishable',
    }),
    distinguishable: z.boolean().nullable().openapi({
      description:
        'false: the difference is under three times its uncertainty, so no number is given',
    }),
    savedJoules: z.number().nullable().openapi({
      description: 'Since the start, audits paid; null where savedShare is',
    }),
    ...known,
  })
  .openapi('CameraEnergy', {
    description: 'Millijoules above idle per frame, lately, and how joules are known now',
  }) satisfies z.ZodType<CameraEnergy>

const quantiles = z.object({ p50: z.number().nullable(), p95: z.number().nullable() })

const stepQuantiles = z.object({
  queue: quantiles,
  decode: quantiles,
  gate: quantiles,
  scout: quantiles,
  expert: quantiles,
  remote: quantiles,
  total: quantiles,
})

const remoteSchema = z
  .object({
    url: z.string(),
    model: z.string(),
    state: z.enum(['closed', 'open', 'half-open']).openapi({
      description: 'closed: it is asked; open: it is left alone; half-open: it is being tried',
    }),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    requests: z.int(),
    failures: z.object({
      timeout: z.int(),
      unreachable: z.int(),
      refused: z.int(),
      invalid: z.int(),
    }),
    fallbacks: z.int().openapi({ description: 'Pictures for which the local expert stood in' }),
  })
  .openapi('Remote', {
    description: 'How asking an expert on a server goes',
  })

const proportion = z
  .object({ share: share.nullable(), low: share, high: share })
  .openapi('Proportion', { description: 'With the 95 % interval of Wilson' })

export const statsSchema = z
  .object({
    version: z.string(),
    uptimeSeconds: z.number(),
    models: z.object({ scout: z.string(), expert: z.string() }),
    power: z.object({
      board: z.string(),
      ...known,
      source: z.string().openapi({ description: 'Where the figures come from' }),
      watts: z
        .number()
        .openapi({ description: 'Above idle, over the last seconds, uploads included' }),
      joules: z.number().openapi({ description: 'Above idle, since the start, uploads included' }),
      idle: z
        .object({
          watts: z.number(),
          uncertainty: z.number().openapi({ description: 'Watts, one standard deviation' }),
          method,
          scope,
        })
        .nullable()
        .openapi({ description: 'What the board draws while no stage is busy; null: unknown' }),
      meter: meterSchema
        .nullable()
        .openapi({ description: 'What reads watts here; null: nothing' }),
      balance: balanceSchema.nullable(),
      batteryHours: z
        .number()
        .nullable()
        .openapi({ description: 'Until the battery is empty; null: none is known of' }),
    }),
    board: boardSchema,
    remote: remoteSchema.nullable().openapi({ description: 'null: none is configured' }),
    events: deliveriesSchema,
    runtime: z.object({
      rssBytes: z.int(),
      eventLoopLagMs: z.object({ p50: z.number(), p99: z.number() }),
      queue: z.object({ waiting: z.int(), refused: z.int() }),
      live: z.object({ viewers: z.int(), encoded: z.int(), dropped: z.int() }),
      clients: z.object({ clients: z.int(), dropped: z.int() }),
    }),
    cameras: z.array(
      z.object({
        id: z.string(),
        status: cameraStatusSchema,
        analysed: z.int(),
        stale: z.int(),
        failed: z.int(),
        fps: z.number(),
        exits: z
          .array(z.object({ stage: z.string(), reason: z.string(), frames: z.int() }))
          .readonly(),
        audit: z
          .object({
            audited: z.int(),
            agreement: proportion,
            missed: proportion,
            falsePositives: proportion,
            tighten: z.number(),
          })
          .nullable(),
        exitShares: z.object({ gate: share, scout: share, expert: share }),
        latencyMs: stepQuantiles,
        energyMj: cameraEnergySchema,
      }),
    ),
  })
  .openapi('Stats')

export type StatsBody = z.infer<typeof statsSchema>

const count = z.int()

export const historySchema = z
  .object({
    everySeconds: z.number(),
    ...known,
    points: z
      .array(
        z.object({
          at: z.string().openapi({ format: 'date-time', description: 'Start of the second' }),
          frames: count,
          exits: z.object({ gate: count, scout: count, expert: count }),
          millijoules: z
            .object({
              decode: z.number(),
              gate: z.number(),
              scout: z.number(),
              expert: z.number(),
              audit: z.number(),
            })
            .openapi({ description: 'Above idle; without a camera asked for, uploads included' }),
          method: method.nullable().openapi({
            description: 'How they are known, by the least known of them; null without any',
          }),
          latencyMs: z
            .object({ p50: z.number(), max: z.number() })
            .nullable()
            .openapi({ description: 'From capture to result; null without frames' }),
          watts: z.number().nullable().openapi({ description: "The meter's mean" }),
          celsius: z.number().nullable(),
        }),
      )
      .readonly(),
  })
  .openapi('PowerHistory', {
    description: 'Complete seconds, oldest first, and how joules are known now',
  })

export type HistoryBody = z.infer<typeof historySchema>
