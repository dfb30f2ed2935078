import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { SquintError } from '../../lib/errors.js'
import { bytesOf, isForm, limitBody, readBody, readForm } from './body.js'
import { answers, json } from './openapi.js'
import { parseRequest } from './problem.js'
import { detectSchema } from './schemas.js'
import type { Services } from './services.js'

const query = z.object({
  depth: z.enum(['auto', 'scout', 'expert']).default('auto').openapi({
    description: 'How deep to look; auto lets the cascade decide',
  }),
  minScore: z.coerce.number().min(0).max(1).optional().openapi({
    description:
      "Lowest score to report, 0 to 1; left out: the deciding model's own threshold of each label",
    example: 0.4,
  }),
})

const picture = z.string().openapi({ format: 'binary' })

/** For the documentation only: its library would read the body as a form whenever a client's default type says so. */
const route = createRoute({
  method: 'post',
  path: '/api/detect',
  operationId: 'detect',
  tags: ['Detection'],
  summary: 'Detect objects in a picture',
  description:
    "JPEG, PNG or WebP, as the body itself or as the form field `image`. Pictures wait for each other and for the cameras' frames; more than four that wait are refused with 503.",
  request: {
    query,
    body: {
      required: true,
      content: {
        'image/*': { schema: picture },
        'multipart/form-data': { schema: z.object({ image: picture }) },
      },
    },
  },
  responses: answers(json(detectSchema, 'What is in the picture'), 400, 403, 413, 415, 503),
})

/** `POST /api/detect`: one picture in, what is in it out. */
export function detectRoute(
  app: OpenAPIHono,
  { cascade, report }: Services,
  maxBodyBytes: number,
): void {
  app.use('/api/detect', limitBody(maxBodyBytes))
  app.openAPIRegistry.registerPath(route)
  app.post('/api/detect', async context => {
    const { depth, minScore } = parseRequest(query, context.req.query())
    const data = await readPicture(context)
    const look = await cascade.detect(data, { depth, ...(minScore !== undefined && { minScore }) })
    return context.json(report(look))
  })
}

/** The body itself, or the file in a form's `image` field. */
async function readPicture({ req }: Context): Promise<Uint8Array> {
  if (!isForm(req)) return readBody(req)
  const { image } = await readForm(req)
  if (!(image instanceof File)) {
    throw new SquintError(
      'REQUEST_INVALID',
      'image: expected a file in the form field of this name, found none',
    )
  }
  return bytesOf(image)
}
