import { join } from 'node:path'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { HonoRequest, MiddlewareHandler } from 'hono'
import type { ServerConfig } from '../config.js'
import { limitAtOnce, limitBody } from './body.js'
import { createGuard } from './guard.js'
import { knownHostsOnly } from './hosts.js'
import { createMjpeg } from './mjpeg.js'
import { noRoute } from './no-route.js'
import { ownPagesOnly } from './origin.js'
import { servePages } from './pages.js'
import { limitRate } from './peers.js'
import { asProblem, invalidRequest, problem, type Wording } from './problem.js'
import { cameraRoutes } from './routes-cameras.js'
import { controlRoutes } from './routes-controls.js'
import { asDeepStack, DEEPSTACK_PATH, deepStackRoutes } from './routes-deepstack.js'
import { detectRoute } from './routes-detect.js'
import { docsRoutes } from './routes-docs.js'
import { asDoods, DOODS_PATHS, doodsRoutes } from './routes-doods.js'
import { eventRoutes } from './routes-events.js'
import { go2rtcRoutes } from './routes-go2rtc.js'
import { liveRoutes } from './routes-live.js'
import { pictureRoutes } from './routes-pictures.js'
import { powerRoutes } from './routes-power.js'
import { serviceRoutes } from './routes-service.js'
import type { Services } from './services.js'
import { formKey } from './token.js'

/** What of the configuration is about who asks for what. */
type Admission = Pick<ServerConfig, 'token' | 'viewerToken' | 'maxBodyBytes'> &
  Partial<Pick<ServerConfig, 'host' | 'hosts'>>

export interface AppOptions extends Admission {
  readonly services: Services
  /** Folder of the built page; `client/`, which its modules import, and `docs/` lie beside it. */
  readonly kiosk: string
  /** Answers `GET /api/ws`. */
  readonly webSocket: MiddlewareHandler
  /** Told of everything that ended in a 500. */
  onError(error: unknown, of: { readonly path: string }): void
}

const CONTENT_POLICY =
  "default-src 'self'; img-src 'self' blob: data:; connect-src 'self'; frame-ancestors 'self'; base-uri 'none'"

/** Forms that are read at a time, before it is known who sends them; more than four pictures would only wait. */
const MAX_FORMS = 8

/** Every route of the service as one web-standard application; a server or a test calls its `fetch`. */
export async function createApp(options: AppOptions): Promise<OpenAPIHono> {
  const { services, token, viewerToken, maxBodyBytes, kiosk, webSocket, onError } = options
  const app = new OpenAPIHono({
    defaultHook(parsed) {
      if (!parsed.success) throw invalidRequest(parsed.error)
    },
  })
  app.onError((error, context) => {
    const response = problem(context, error, wordingOf(context.req))
    if (response.status === 500) onError(error, { path: context.req.path })
    return response
  })
  app.notFound(context => noRoute(app, context, wordingOf(context.req)))
  app.use(limitRate(), knownHostsOnly(options))
  // before the token, which may be a field of the body
  app.use(`${DEEPSTACK_PATH}*`, limitAtOnce(MAX_FORMS), limitBody(maxBodyBytes))
  app.use(createGuard({ token, viewerToken, elsewhere: keyElsewhere }), ownPagesOnly)

  serviceRoutes(app, services)
  cameraRoutes(app, services)
  controlRoutes(app, services)
  eventRoutes(app, services)
  const streamMjpeg = createMjpeg(services)
  pictureRoutes(app, services, streamMjpeg)
  powerRoutes(app, services)
  detectRoute(app, services, maxBodyBytes)
  liveRoutes(app, webSocket)
  go2rtcRoutes(app, services, streamMjpeg)
  deepStackRoutes(app, services)
  doodsRoutes(app, services, maxBodyBytes)

  const beside = (name: string): string => join(kiosk, '..', name)
  await docsRoutes(app, {
    version: services.version,
    guarded: token !== undefined,
    folder: beside('docs'),
  })
  await servePages(app, { prefix: '/', folder: kiosk, contentPolicy: CONTENT_POLICY })
  await servePages(app, {
    prefix: '/client',
    folder: beside('client'),
    contentPolicy: CONTENT_POLICY,
  })
  return app
}

/** Clients of other services understand errors only as those tell them. */
function wordingOf({ path }: HonoRequest): Wording {
  if (path.startsWith(DEEPSTACK_PATH)) return asDeepStack
  return DOODS_PATHS.has(path) ? asDoods : asProblem
}

/** Where clients of other services put their secret. */
async function keyElsewhere(request: HonoRequest): Promise<string | undefined> {
  if (request.path.startsWith(DEEPSTACK_PATH)) return formKey(request)
  return DOODS_PATHS.has(request.path) ? request.header('doods-auth-key') : undefined
}
