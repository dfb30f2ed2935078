import { z } from '@hono/zod-openapi'

const pixel = z.int().min(0)
const wholeMs = z.int().min(0)

const module = {
  moduleId: z.string(),
  moduleName: z.string(),
  command: z.string(),
  executionProvider: z.string(),
  canUseGPU: z.boolean(),
  analysisRoundTripMs: wholeMs.openapi({
    description: 'Milliseconds from the whole request to its answer',
  }),
}

export const detectionSchema = z
  .object({
    success: z.literal(true),
    code: z.literal(200),
    message: z.string(),
    count: z.int().openapi({ description: 'Predictions told' }),
    predictions: z
      .array(
        z.object({
          label: z.string(),
          confidence: z.number().min(0).max(1),
          x_min: pixel,
          y_min: pixel,
          x_max: pixel,
          y_max: pixel,
        }),
      )
      .readonly()
      .openapi({ description: 'The surest first; whole pixels of the picture' }),
    inferenceMs: wholeMs.openapi({ description: 'Milliseconds in the networks' }),
    processMs: wholeMs.openapi({ description: 'Milliseconds with unpacking' }),
    ...module,
  })
  .openapi('DeepStackDetection', {
    example: {
      success: true,
      code: 200,
      message: '1 found',
      count: 1,
      predictions: [
        { label: 'person', confidence: 0.87, x_min: 524, y_min: 144, x_max: 665, y_max: 540 },
      ],
      inferenceMs: 31,
      processMs: 38,
      moduleId: 'squint',
      moduleName: 'squint 0.1.0',
      command: 'detect',
      executionProvider: 'CPU',
      canUseGPU: false,
      analysisRoundTripMs: 40,
    },
  })

export const listSchema = z
  .object({ success: z.literal(true), models: z.array(z.string()).readonly(), ...module })
  .openapi('DeepStackModels')

export const failureSchema = z
  .object({ success: z.literal(false), error: z.string(), code: z.int() })
  .openapi('DeepStackFailure', { description: '`code` is the HTTP status' })

export const formSchema = z.object({
  image: z.instanceof(File, { error: 'expected a file in this form field' }).openapi({
    type: 'string',
    format: 'binary',
    description: 'JPEG, PNG or WebP',
  }),
  min_confidence: z
    .preprocess(
      text => (text === '' ? undefined : text),
      z.coerce.number().min(0).max(1).optional(),
    )
    .openapi({
      type: 'number',
      description:
        "Lowest confidence to report, 0 to 1; left out: the model's own thresholds, and at most the 20 surest",
      example: 0.4,
    }),
  api_key: z.string().optional().openapi({ description: "The service's token, if it has one" }),
})
