import { join } from 'node:path'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { SquintError } from '../../lib/errors.js'
import { ownPagesOnly } from './origin.js'
import { servePages } from './pages.js'
import { invalidRequest, problem } from './problem.js'
import { cameraRoutes } from './routes-cameras.js'
import { controlRoutes } from './routes-controls.js'
import { detectRoute } from './routes-detect.js'
import { eventRoutes } from './routes-events.js'
import { powerRoutes } from './routes-power.js'
import { serviceRoutes } from './routes-service.js'
import type { Services } from './services.js'
import { requireToken } from './token.js'

export interface AppOptions {
  readonly services: Services
  /** Asked of everybody if given. */
  readonly token?: string
  readonly maxBodyBytes: number
  /** Folder of the built page; `client/`, which its modules import, lies beside it. */
  readonly kiosk: string
  /** Answers `GET /api/ws`. */
  readonly webSocket: MiddlewareHandler
  /** Told of everything that ended in a 500. */
  onError(error: unknown, path: string): void
}

const CONTENT_POLICY =
  "default-src 'self'; img-src 'self' blob: data:; connect-src 'self'; frame-ancestors 'self'; base-uri 'none'"

/** Every route of the service as one web-standard application; a server or a test calls its `fetch`. */
export async function createApp(options: AppOptions): Promise<OpenAPIHono> {
  const { services, token, maxBodyBytes, kiosk, webSocket, onError } = options
  const app = new OpenAPIHono({
    defaultHook(parsed) {
      if (!parsed.success) throw invalidRequest(parsed.error)
    },
  })
  app.onError((error, context) => {
    const response = problem(context, error)
    if (response.status === 500) onError(error, context.req.path)
    return response
  })
  app.notFound(context =>
    problem(context, new SquintError('NOT_FOUND', 'expected a path of /openapi.json')),
  )
  if (token !== undefined) app.use(requireToken(token))
  app.use(ownPagesOnly)

  serviceRoutes(app, services)
  cameraRoutes(app, services)
  controlRoutes(app, services)
  eventRoutes(app, services)
  powerRoutes(app, services)
  detectRoute(app, services, maxBodyBytes)
  app.get('/api/ws', webSocket)
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'squint',
      version: services.version,
      description: 'What is in view of each camera, and what it cost to know.',
    },
  })
  const beside = (name: string): string => join(kiosk, '..', name)
  await servePages(app, { prefix: '/', folder: kiosk, contentPolicy: CONTENT_POLICY })
  await servePages(app, {
    prefix: '/client',
    folder: beside('client'),
    contentPolicy: CONTENT_POLICY,
  })
  return app
}
