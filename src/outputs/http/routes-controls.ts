import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { BudgetControl } from '../controls.js'
import { limitBody, readJson } from './body.js'
import { answers, json } from './openapi.js'
import {
  budgetChangeSchema,
  budgetControlSchema,
  configurationSchema,
  detectionSchema,
  drawingControlSchema,
  drawnSchema,
} from './schemas-controls.js'
import type { Services } from './services.js'

/** Room for some 3500 corners with four decimals: more than anybody draws. */
const MAX_BODY_BYTES = 64 << 10

const params = z.object({
  id: z.string().openapi({ param: { name: 'id', in: 'path' }, example: 'porch' }),
})

function body<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { 'application/json': { schema } } }
}

/** What clients may change while the service runs. */
export function controlRoutes(app: OpenAPIHono, { controls }: Services): void {
  const drawing = '/api/cameras/{id}/drawing'
  const detection = '/api/cameras/{id}/detection'
  const drawingAnswer = json(drawingControlSchema, 'What is drawn now')
  const detectionAnswer = json(detectionSchema, 'How it is now')
  const budgetAnswer = json(budgetControlSchema, 'The targets now')

  app.use('/api/cameras/:id/*', limitBody(MAX_BODY_BYTES))
  app.use('/api/budget', limitBody(MAX_BODY_BYTES))

  app.openapi(
    createRoute({
      method: 'get',
      path: drawing,
      operationId: 'getDrawing',
      tags: ['Control'],
      summary: "Zones and masks on a camera's picture",
      request: { params },
      responses: answers(drawingAnswer, 404),
    }),
    context => context.json(controls.drawing(context.req.valid('param').id), 200),
  )

  // bodies are read by ourselves: the library's errors would name neither field nor what was found
  app.openAPIRegistry.registerPath({
    method: 'put',
    path: drawing,
    operationId: 'putDrawing',
    tags: ['Control'],
    summary: 'Draws zones and masks instead of those before',
    request: { params, body: body(drawnSchema) },
    responses: answers(drawingAnswer, 400, 403, 404, 413, 507),
  })
  app.put('/api/cameras/:id/drawing', async context => {
    const id = context.req.param('id')
    await controls.setDrawing(id, await readJson(context, drawnSchema))
    return context.json(controls.drawing(id))
  })

  app.openapi(
    createRoute({
      method: 'delete',
      path: drawing,
      operationId: 'resetDrawing',
      tags: ['Control'],
      summary: 'Goes back to the zones and masks of the configuration',
      request: { params },
      responses: answers(drawingAnswer, 403, 404, 507),
    }),
    async context => {
      const { id } = context.req.valid('param')
      await controls.resetDrawing(id)
      return context.json(controls.drawing(id), 200)
    },
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: detection,
      operationId: 'getDetection',
      tags: ['Control'],
      summary: "Whether a camera's frames are looked at",
      request: { params },
      responses: answers(detectionAnswer, 404),
    }),
    context => context.json({ enabled: controls.detection(context.req.valid('param').id) }, 200),
  )

  app.openAPIRegistry.registerPath({
    method: 'put',
    path: detection,
    operationId: 'putDetection',
    tags: ['Control'],
    summary: 'Switches detection on or off; the live picture stays',
    request: { params, body: body(detectionSchema) },
    responses: answers(detectionAnswer, 400, 403, 404, 413, 507),
  })
  app.put('/api/cameras/:id/detection', async context => {
    const id = context.req.param('id')
    const { enabled } = await readJson(context, detectionSchema)
    await controls.setDetection(id, enabled)
    return context.json({ enabled: controls.detection(id) })
  })

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/budget',
      operationId: 'getBudget',
      tags: ['Control'],
      summary: 'What the service may spend',
      responses: answers(budgetAnswer),
    }),
    context => context.json(controls.budget(), 200),
  )

  app.openAPIRegistry.registerPath({
    method: 'patch',
    path: '/api/budget',
    operationId: 'patchBudget',
    tags: ['Control'],
    summary: 'Changes what the service may spend',
    request: { body: body(budgetChangeSchema) },
    responses: answers(budgetAnswer, 400, 403, 413, 507),
  })
  app.patch('/api/budget', async context => {
    await controls.setBudget(given(await readJson(context, budgetChangeSchema)))
    return context.json(controls.budget())
  })

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/configuration',
      operationId: 'getConfiguration',
      tags: ['Control'],
      summary: 'How the last reading of the configuration went',
      responses: answers(json(configurationSchema, 'What is in force')),
    }),
    context => context.json(controls.configuration(), 200),
  )
}

/** What the client has written: JSON knows no undefined, but the type of an optional field does. */
function given({
  enabled,
  watts,
  millijoulesPerFrame,
  milliseconds,
  celsius,
}: z.infer<typeof budgetChangeSchema>): Partial<BudgetControl> {
  return {
    ...(enabled !== undefined && { enabled }),
    ...(watts !== undefined && { watts }),
    ...(millijoulesPerFrame !== undefined && { millijoulesPerFrame }),
    ...(milliseconds !== undefined && { milliseconds }),
    ...(celsius !== undefined && { celsius }),
  }
}
