import { z } from '@hono/zod-openapi'
import { budgetSchema } from '../../cascade/config.js'
import { drawingSchema } from '../../events/config.js'
import type { BudgetControl, ConfigurationStatus, DrawingControl } from '../controls.js'

/** What a client may draw: by the rules of the configuration, as it is the configuration's own schema. */
export const drawnSchema = drawingSchema
  // a copy: the original may be older than the library that adds the next verb
  .describe('Polygons in shares of the frame: [x, y], origin top left')
  .openapi('Drawing')

export const drawingControlSchema = z
  .object({
    zones: drawingSchema.shape.zones.unwrap(),
    masks: drawingSchema.shape.masks.unwrap(),
    source: z.enum(['configured', 'drawn']).openapi({ description: 'Where it comes from' }),
  })
  .openapi('DrawingControl') satisfies z.ZodType<DrawingControl>

export const detectionSchema = z
  .strictObject({
    enabled: z.boolean().openapi({ description: 'Whether frames are looked at' }),
  })
  .openapi('DetectionControl')

const { watts, millijoulesPerFrame, milliseconds, celsius } = budgetSchema.shape

const targets = {
  enabled: z.boolean().openapi({ description: 'False: full effort, whatever the targets' }),
  watts: watts.unwrap().nullable(),
  millijoulesPerFrame: millijoulesPerFrame.unwrap().nullable(),
  milliseconds: milliseconds.unwrap().nullable(),
  celsius: celsius.unwrap().nullable(),
}

export const budgetControlSchema = z.strictObject(targets).openapi('BudgetControl', {
  description: 'Targets as in the configuration; null: none',
}) satisfies z.ZodType<BudgetControl>

export const budgetChangeSchema = z.strictObject(targets).partial().openapi('BudgetChange', {
  description: 'What is left out stays as it is',
})

export const configurationSchema = z
  .object({
    file: z.string().nullable(),
    loadedAt: z.string().openapi({ format: 'date-time' }),
    error: z.string().nullable().openapi({
      description: 'What was wrong with the newest file, which is not in force',
    }),
    needRestart: z.array(z.string()).readonly().openapi({
      description: 'Settings that have changed in the file and hold after a restart only',
    }),
  })
  .openapi('ConfigurationStatus') satisfies z.ZodType<ConfigurationStatus>
