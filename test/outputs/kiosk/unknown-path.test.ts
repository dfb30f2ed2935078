import t from 'tap'
import { isUnknownPath } from '../../../src/outputs/kiosk/unknown-path.js'

t.test('only a service that has no such path is asked no more', async t => {
  t.ok(await isUnknownPath(new Response('{"code":"NOT_FOUND"}')))
  t.notOk(await isUnknownPath(new Response('{"code":"CAMERA_UNKNOWN"}')), 'a camera that is gone')
  t.notOk(await isUnknownPath(new Response('404 page not found')), 'a proxy')
  t.notOk(await isUnknownPath(new Response('{}')))
})
