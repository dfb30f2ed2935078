import { createRoute, type OpenAPIHono, type z } from '@hono/zod-openapi'
import type { Depth, Detection } from '../../cascade/detection.js'
import { messageOf, SquintError } from '../../lib/errors.js'
import { captionsOf } from '../live.js'
import { limitBody } from './body.js'
import { isWanted, lowestScore, toDoods } from './doods-filter.js'
import { json } from './openapi.js'
import { parseRequest, type Wording } from './problem.js'
import {
  detectorsSchema,
  doodsRequestSchema,
  doodsResponseSchema,
  failureSchema,
} from './schemas-doods.js'
import type { Services } from './services.js'

/** What is asked for at these paths is answered as DOODS2 does. */
export const DOODS_PATHS: ReadonlySet<string> = new Set(['/detect', '/detectors'])

/** Room for everything beside the picture. */
const MORE_BYTES = 64 << 10

/** What is wrong, as DOODS2 says it. */
export const asDoods: Wording = ({ detail }) => ({
  body: { error: detail } satisfies z.infer<typeof failureSchema>,
  type: 'application/json',
})

const failures = Object.fromEntries(
  [400, 401, 413, 415, 503].map(status => [status, json(failureSchema, 'What is wrong')]),
)

const detectorsRoute = createRoute({
  method: 'get',
  path: '/detectors',
  operationId: 'doodsListDetectors',
  tags: ['DOODS2'],
  summary: 'What can be asked to detect',
  responses: { 200: json(detectorsSchema, 'The cascade, and each model alone') },
})

const detectRoute = createRoute({
  method: 'post',
  path: '/detect',
  operationId: 'doodsDetect',
  tags: ['DOODS2'],
  summary: 'Detect objects in a picture in base64',
  request: {
    body: { required: true, content: { 'application/json': { schema: doodsRequestSchema } } },
  },
  responses: { 200: json(doodsResponseSchema, 'What was asked for and found'), ...failures },
})

/** DOODS2's detection (github.com/snowzach/doods2: api.py, odrpc.py, doods.py), for Home Assistant's doods integration. */
export function doodsRoutes(app: OpenAPIHono, services: Services, maxBodyBytes: number): void {
  const { cascade, report, annotate } = services

  /** The models may change while the service runs. */
  function detectors() {
    const { scout, expert } = cascade.networks()
    const both = { type: 'squint', ...expert, model: `${scout.name}+${expert.name}` }
    return [
      { ...both, name: 'default' },
      { ...both, name: 'auto' },
      { type: 'onnx', ...scout, model: scout.name, name: 'scout' },
      { type: 'onnx', ...expert, model: expert.name, name: 'expert' },
    ]
  }

  function depthOf(name: string): Depth {
    if (name === 'scout' || name === 'expert') return name
    if (name === '' || name === 'default' || name === 'auto') return 'auto'
    const known = detectors()
      .map(detector => detector.name)
      .join(', ')
    throw new SquintError(
      'REQUEST_INVALID',
      `detector_name: expected one of ${known}, found ${name}`,
    )
  }

  async function draw(data: Uint8Array, detections: readonly Detection[]): Promise<string> {
    return Buffer.from(await annotate(data, captionsOf(detections))).toString('base64')
  }

  app.use('/detect', limitBody(Math.ceil((maxBodyBytes * 4) / 3) + MORE_BYTES))
  app.openapi(detectorsRoute, context => context.json({ detectors: detectors() }, 200))

  app.openAPIRegistry.registerPath(detectRoute)
  app.post('/detect', async context => {
    const given = await context.req.json().catch((error: unknown) => {
      throw new SquintError('REQUEST_INVALID', `body: expected JSON, found ${messageOf(error)}`)
    })
    const asked = parseRequest(doodsRequestSchema, given)
    const depth = depthOf(asked.detector_name)
    const data = fromBase64(asked.data)
    const minScore = lowestScore(asked)
    const look = await cascade.detect(data, { depth, ...(minScore !== undefined && { minScore }) })
    report(look)
    const wanted = look.detections.filter(detection => isWanted(asked, detection))
    return context.json({
      ...(asked.id !== undefined && { id: asked.id }),
      ...(asked.image !== '' && { image: await draw(data, wanted) }),
      detections: wanted.toSorted((a, b) => b.score - a.score).map(toDoods),
    } satisfies z.infer<typeof doodsResponseSchema>)
  })
}

/** Nothing is fetched for a client: who could name an address would reach what only this machine can. Throws REQUEST_INVALID. */
function fromBase64(text: string): Uint8Array {
  if (/^[a-z]+:\/\//i.test(text)) {
    throw new SquintError('REQUEST_INVALID', 'data: expected a picture in base64, found an address')
  }
  return Buffer.from(text, 'base64')
}
