import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { messageOf, SquintError } from '../../lib/errors.js'
import { limitBody } from './body.js'
import { answers, json } from './openapi.js'
import { invalidRequest } from './problem.js'
import { detectSchema } from './schemas.js'
import type { Services } from './services.js'

const query = z.object({
  depth: z.enum(['auto', 'scout', 'expert']).default('auto').openapi({
    description: 'How deep to look; auto lets the cascade decide',
  }),
  minScore: z.coerce.number().min(0).max(1).optional().openapi({
    description: "Lowest score to report; left out: the deciding model's own threshold",
  }),
})

const picture = z.string().openapi({ format: 'binary' })

/** For the documentation only: its library would read the body as a form whenever a client's default type says so. */
const route = createRoute({
  method: 'post',
  path: '/api/detect',
  summary: 'Detect objects in a picture (JPEG, PNG or WebP)',
  request: {
    query,
    body: {
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
    const { depth, minScore } = parseQuery(context.req.query())
    const data = await readPicture(context)
    const look = await cascade.detect(data, { depth, ...(minScore !== undefined && { minScore }) })
    return context.json(report(look))
  })
}

function parseQuery(given: Record<string, string>): z.infer<typeof query> {
  const parsed = query.safeParse(given)
  if (parsed.success) return parsed.data
  throw invalidRequest(parsed.error)
}

/** The body itself, or the file in a form's `image` field. */
async function readPicture({ req }: Context): Promise<Uint8Array> {
  if (!req.header('content-type')?.startsWith('multipart/form-data')) {
    return new Uint8Array(await req.arrayBuffer())
  }
  const { image } = await req.parseBody().catch((error: unknown) => {
    throw new SquintError('REQUEST_INVALID', `body: expected a form, found ${messageOf(error)}`)
  })
  if (!(image instanceof File)) {
    throw new SquintError(
      'REQUEST_INVALID',
      'image: expected a file in the form field of this name, found none',
    )
  }
  return new Uint8Array(await image.arrayBuffer())
}
