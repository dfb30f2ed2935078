import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Depth, Detection, Look } from '../../cascade/detection.js'
import { monotonicMs } from '../../lib/clock.js'
import { SquintError } from '../../lib/errors.js'
import { round } from '../../lib/round.js'
import { bytesOf, readForm } from './body.js'
import { json } from './openapi.js'
import { parseRequest, type Wording } from './problem.js'
import { detectionSchema, failureSchema, formSchema, listSchema } from './schemas-deepstack.js'
import type { Services } from './services.js'

/** All that is asked for below this path is answered as DeepStack does. */
export const DEEPSTACK_PATH = '/v1/'

/** Frigate's plugin has room for so many, and asks for no confidence (frigate/detectors/plugins/deepstack.py). */
const MOST_UNASKED = 20

const DEPTHS: ReadonlyMap<string, Depth> = new Map([
  ['auto', 'auto'],
  ['default', 'auto'],
  ['scout', 'scout'],
  ['expert', 'expert'],
])

/** What is wrong, as DeepStack says it. */
export const asDeepStack: Wording = ({ status, detail }) => ({
  body: { success: false, error: detail, code: status } satisfies z.infer<typeof failureSchema>,
  type: 'application/json',
})

const failures = Object.fromEntries(
  [400, 401, 404, 413, 415, 503].map(status => [status, json(failureSchema, 'What is wrong')]),
)

const body = { required: true, content: { 'multipart/form-data': { schema: formSchema } } }
const tags = ['DeepStack and CodeProject.AI']
const about = { method: 'post' as const, tags }

const detectionRoute = createRoute({
  ...about,
  path: '/v1/vision/detection',
  operationId: 'deepStackDetect',
  summary: 'Detect objects in a picture; the cascade decides how hard to look',
  request: { body },
  responses: { 200: json(detectionSchema, 'What is in it'), ...failures },
})

const customRoute = createRoute({
  ...about,
  path: '/v1/vision/custom/{name}',
  operationId: 'deepStackDetectWith',
  summary: 'The same with the model of this name',
  request: {
    params: z.object({
      name: z.enum(['auto', 'default', 'scout', 'expert']).openapi({
        param: { name: 'name', in: 'path' },
      }),
    }),
    body,
  },
  responses: { 200: json(detectionSchema, 'What is in it'), ...failures },
})

const listRoute = {
  ...about,
  path: '/v1/vision/custom/list',
  operationId: 'deepStackListModels',
  summary: 'Names of the models that can be asked for',
  responses: { 200: json(listSchema, 'Their names') },
}
const listRoutes = [
  createRoute(listRoute),
  createRoute({ ...listRoute, method: 'get', operationId: 'deepStackListModelsByGet' }),
]

/** DeepStack's and CodeProject.AI's object detection, for Frigate, Blue Iris, Home Assistant and others that speak it. */
export function deepStackRoutes(app: OpenAPIHono, services: Services): void {
  const { cascade, report, version } = services
  const aboutUs = {
    moduleId: 'squint',
    moduleName: `squint ${version}`,
    executionProvider: 'CPU',
    canUseGPU: false,
  }
  for (const route of [detectionRoute, customRoute, ...listRoutes]) {
    app.openAPIRegistry.registerPath(route)
  }

  async function detect(context: Context, depth: Depth): Promise<Response> {
    const startedAt = monotonicMs()
    const asked = parseRequest(formSchema, await readForm(context.req))
    const { image, min_confidence: minScore } = asked
    const data = await bytesOf(image)
    const look = await cascade.detect(data, { depth, ...(minScore !== undefined && { minScore }) })
    report(look)
    const sure = look.detections.toSorted((a, b) => b.score - a.score)
    const told = minScore === undefined ? sure.slice(0, MOST_UNASKED) : sure
    const { decode, gate, scout, expert } = look.timingsMs
    return context.json({
      success: true,
      code: 200,
      message: toldOf(told.length, sure.length),
      count: told.length,
      predictions: told.map(detection => toPrediction(detection, look)),
      inferenceMs: Math.round(scout + expert),
      processMs: Math.round(decode + gate + scout + expert),
      ...aboutUs,
      command: 'detect',
      analysisRoundTripMs: Math.round(monotonicMs() - startedAt),
    } satisfies z.infer<typeof detectionSchema>)
  }

  app.post('/v1/vision/detection', context => detect(context, 'auto'))
  app.on(['GET', 'POST'], '/v1/vision/custom/list', context =>
    context.json({
      success: true,
      models: ['scout', 'expert'],
      ...aboutUs,
      command: 'list-custom',
      analysisRoundTripMs: 0,
    } satisfies z.infer<typeof listSchema>),
  )
  app.post('/v1/vision/custom/:name', context => {
    const name = context.req.param('name')
    const depth = DEPTHS.get(name)
    if (depth !== undefined) return detect(context, depth)
    const known = [...DEPTHS.keys()].join(', ')
    throw new SquintError('NOT_FOUND', `model: expected one of ${known}, found ${name}`)
  })
}

function toldOf(told: number, found: number): string {
  return told === found ? `${found} found` : `${found} found, the ${told} surest are told`
}

function toPrediction({ label, score, box }: Detection, { width, height }: Look) {
  const across = (share: number): number => Math.round(within(share) * width)
  const down = (share: number): number => Math.round(within(share) * height)
  return {
    label,
    confidence: round(score, 4),
    x_min: across(box.x),
    y_min: down(box.y),
    x_max: across(box.x + box.width),
    y_max: down(box.y + box.height),
  }
}

/** A network may see an object go on beyond the edge. */
function within(share: number): number {
  return Math.min(1, Math.max(0, share))
}
