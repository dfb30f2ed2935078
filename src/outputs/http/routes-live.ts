import type { OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { SquintError } from '../../lib/errors.js'
import { wsReplySchema, wsRequestSchema } from '../ws/messages.js'
import { problemSchema } from './schemas.js'

const content = { 'application/problem+json': { schema: problemSchema } }

/** `/api/ws`: results and states as JSON, video as binary messages. */
export function liveRoutes(app: OpenAPIHono, webSocket: MiddlewareHandler): void {
  app.openAPIRegistry.register('WsRequest', wsRequestSchema)
  app.openAPIRegistry.register('WsReply', wsReplySchema)
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/api/ws',
    operationId: 'openWebSocket',
    tags: ['Live'],
    summary: 'Results, events, states and live video as they come (WebSocket)',
    description: `After the upgrade the client sends JSON messages (schema WsRequest) and gets JSON (schema WsReply) and video.
A video frame is a binary message, little endian: 'S' 'Q', version 1 (uint8), length n of the camera's id (uint8), frame id (uint32),
capture time in milliseconds since 1970 (float64), n bytes of camera id in ASCII, then the JPEG. Each takes one credit of its
subscription; the client gives credit back when it has shown one. With \`?src=CAMERA\` it speaks as go2rtc does: docs/websocket.md.`,
    responses: {
      101: { description: 'The connection is a WebSocket now' },
      400: { description: 'No WebSocket was asked for', content },
      403: { description: 'A page of another origin asks', content },
    },
  })
  app.get('/api/ws', webSocket, () => {
    throw new SquintError('REQUEST_INVALID', 'upgrade: expected a WebSocket, found a request')
  })
}
