import { SquintError } from '../../lib/errors.js'
import type { WsRequest } from '../ws/messages.js'

/** What a token stands for: a viewer looks at everything; an admin also changes it and reads the configuration. */
export type Role = 'viewer' | 'admin'

/** Who is answered; public: everybody, without any token. */
export type Access = 'public' | Role

const RANK: Readonly<Record<Access, number>> = { public: 0, viewer: 1, admin: 2 }

/**
 * Who may ask for what: every route, by its method and the pattern that the router knows it by; `*` stands for the built files of a page.
 * What is not in it is answered to nobody.
 */
export const ROUTES: ReadonlyMap<string, Access> = new Map([
  // for supervisors, which have no secret; neither says anything but yes or no
  ['GET /healthz', 'public'],
  ['GET /readyz', 'public'],

  ['GET /api/access', 'viewer'],
  ['GET /api/stats', 'viewer'],
  ['GET /api/power/history', 'viewer'],
  ['GET /metrics', 'viewer'],
  ['GET /openapi.json', 'viewer'],

  ['GET /api/cameras', 'viewer'],
  ['GET /api/cameras/:id', 'viewer'],
  ['GET /api/cameras/:id/detections', 'viewer'],
  ['GET /api/cameras/:id/explain', 'viewer'],
  ['GET /api/cameras/:id/frame.jpeg', 'viewer'],
  ['GET /api/cameras/:id/stream.mjpeg', 'viewer'],
  ['GET /api/ws', 'viewer'],
  ['GET /api/streams', 'viewer'],
  ['GET /api/frame.jpeg', 'viewer'],
  ['GET /api/stream.mjpeg', 'viewer'],

  ['GET /api/events', 'viewer'],
  ['GET /api/events/stream', 'viewer'],
  ['GET /api/events/export.coco.json', 'viewer'],
  ['GET /api/events/:id', 'viewer'],
  ['GET /api/events/:id/snapshot.jpeg', 'viewer'],

  // zones lie over the picture, so whoever sees the one sees the other
  ['GET /api/cameras/:id/drawing', 'viewer'],
  ['PUT /api/cameras/:id/drawing', 'admin'],
  ['DELETE /api/cameras/:id/drawing', 'admin'],
  ['GET /api/cameras/:id/detection', 'viewer'],
  ['PUT /api/cameras/:id/detection', 'admin'],
  ['GET /api/budget', 'viewer'],
  ['PATCH /api/budget', 'admin'],
  ['GET /api/configuration', 'admin'],

  // pictures of one's own
  ['POST /api/detect', 'viewer'],
  ['POST /v1/vision/detection', 'viewer'],
  ['POST /v1/vision/custom/:name', 'viewer'],
  ['GET /v1/vision/custom/list', 'viewer'],
  ['POST /v1/vision/custom/list', 'viewer'],
  ['GET /detectors', 'viewer'],
  ['POST /detect', 'viewer'],

  ['GET /', 'viewer'],
  ['GET /*', 'viewer'],
  ['GET /client/*', 'viewer'],
  ['GET /docs', 'viewer'],
  ['GET /docs/*', 'viewer'],
])

/** The same for what a client says on `/api/ws`. Players of go2rtc can say nothing there but that they want the picture. */
export const MESSAGES: Readonly<Record<WsRequest['type'], Role>> = {
  subscribe: 'viewer',
  credit: 'viewer',
  unsubscribe: 'viewer',
  events: 'viewer',
}

const BUILT_FILE = /[^/:]+\.(?:css|html|js|svg)$/

/** Who may ask for a route, by the pattern that it was registered with; undefined: it is not in the table. */
export function accessTo(method: string, pattern: string): Access | undefined {
  return (
    ROUTES.get(`${method} ${pattern}`) ??
    ROUTES.get(`${method} ${pattern.replace(BUILT_FILE, '*')}`)
  )
}

/** The one of several that lets in fewest. */
export function strictest(accesses: readonly Access[]): Access {
  return accesses.reduce((one, other) => (RANK[other] > RANK[one] ? other : one), 'public')
}

/** Throws FORBIDDEN if this role does not reach so far. */
export function demand(role: Role, access: Access): void {
  if (RANK[role] >= RANK[access]) return
  throw new SquintError('FORBIDDEN', `role: expected ${access}, found a token that may only look`)
}
