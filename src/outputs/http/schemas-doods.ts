import { z } from '@hono/zod-openapi'

const share = z.number()
const percent = z.number().min(0).max(100)

const thresholds = z.record(z.string(), percent).openapi({
  description:
    'Lowest confidence by label, 0 to 100; `*` stands for all others. 0 asks for the own thresholds of the model',
  example: { '*': 60, person: 40 },
})

const edges = { top: share, left: share, bottom: share, right: share }

const regionSchema = z
  .object({
    id: z.string().nullish(),
    ...edges,
    detect: thresholds,
    covers: z.boolean().default(false).openapi({
      description: 'Only what lies in it as a whole; else all that touches it',
    }),
  })
  .openapi('DoodsRegion', { description: 'Edges are shares of the picture, 0 to 1' })

export const doodsRequestSchema = z
  .object({
    id: z
      .string()
      .nullish()
      .transform(id => id ?? undefined)
      .openapi({ type: 'string' }),
    detector_name: z
      .string()
      .nullish()
      .transform(name => name ?? '')
      .openapi({ type: 'string', description: 'One of /detectors; left out: default' }),
    data: z.string().min(1).openapi({
      description: 'JPEG, PNG or WebP in base64. Addresses, which DOODS2 fetches, are refused',
    }),
    image: z
      .enum(['', 'true', 'jpg', '.jpg', 'jpeg', 'image/jpeg'])
      .nullish()
      .transform(kind => kind ?? '')
      .openapi({ type: 'string', description: 'Asks for the picture with boxes, as JPEG' }),
    preprocess: z.array(z.string()).max(0, 'expected nothing, as it is not supported').default([]),
    detect: thresholds.default({}),
    regions: z.array(regionSchema).max(64).default([]).openapi({
      description: 'What `detect` leaves out is told if one of these wants it',
    }),
  })
  .openapi('DoodsRequest', {
    example: {
      detector_name: 'default',
      data: '/9j/4AAQSkZJRg...',
      detect: { '*': 60, person: 40 },
    },
  })

export type DoodsRequest = z.output<typeof doodsRequestSchema>

const detectionSchema = z
  .object({ ...edges, label: z.string(), confidence: percent })
  .openapi('DoodsDetection', {
    description: 'Edges are shares of the picture, 0 to 1; confidence 0 to 100',
    example: {
      top: 0.2,
      left: 0.41,
      bottom: 0.75,
      right: 0.52,
      label: 'person',
      confidence: 87,
    },
  })

export type DoodsDetection = z.infer<typeof detectionSchema>

export const doodsResponseSchema = z
  .object({
    id: z.string().optional().openapi({ description: 'As it was asked' }),
    image: z.string().optional().openapi({ description: 'JPEG in base64' }),
    detections: z.array(detectionSchema).readonly().openapi({ description: 'The surest first' }),
  })
  .openapi('DoodsResponse')

export const failureSchema = z.object({ error: z.string() }).openapi('DoodsFailure')

export const detectorsSchema = z
  .object({
    detectors: z
      .array(
        z.object({
          name: z.string(),
          type: z.string(),
          model: z.string(),
          labels: z.array(z.string()).readonly(),
          width: z
            .int()
            .openapi({ description: 'Pixels of its input; pictures may have any size' }),
          height: z.int(),
        }),
      )
      .readonly(),
  })
  .openapi('DoodsDetectors')
