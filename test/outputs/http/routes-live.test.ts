import t from 'tap'
import { wsReplySchema, wsRequestSchema } from '../../../src/outputs/ws/messages.js'
import { resultFixture } from '../../fixtures/result.js'
import { startApp } from '../../fixtures/services.js'

t.test('a request that is no WebSocket is told so', async t => {
  const { app } = await startApp(t, { webSocket: (_, next) => next() })
  const response = await app.request('/api/ws')
  t.equal(response.status, 400)
  t.match(await response.json(), { code: 'REQUEST_INVALID', detail: /expected a WebSocket/ })
})

t.test('messages are documented as they are', async t => {
  const { app, camera } = await startApp(t)
  const document = JSON.parse(await (await app.request('/openapi.json')).text())
  t.ok(document.components.schemas.WsRequest.oneOf.length >= 3)
  t.ok(document.components.schemas.WsReply.oneOf.length >= 4)
  t.ok(wsRequestSchema.safeParse(document.components.schemas.WsRequest.example).success)
  const status = camera.status()
  for (const reply of [
    { type: 'hello', version: '1.2.3', cameras: [status] },
    { type: 'camera', status },
    { type: 'result', result: resultFixture() },
    { type: 'error', code: 'CAMERA_UNKNOWN', message: 'x' },
  ]) {
    t.same(wsReplySchema.parse(reply), reply, `${reply.type} has no field that is not documented`)
  }
})
