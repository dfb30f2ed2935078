import t from 'tap'
import { serverSchema } from '../../src/outputs/config.js'

t.test('loopback needs no token, anything else does', async t => {
  for (const host of ['127.0.0.1', '::1', 'localhost'])
    t.ok(serverSchema.safeParse({ host }).success, host)
  for (const host of ['0.0.0.0', '::', '192.168.1.7', '127.0.0.1.evil.example']) {
    t.notOk(serverSchema.safeParse({ host }).success, host)
    t.ok(serverSchema.safeParse({ host, token: 'x'.repeat(16) }).success, `${host} with a token`)
  }
})

t.test('a viewer has a token of its own, beside that of the admin', t => {
  const token = 'x'.repeat(16)
  const refusal = (server: object) => serverSchema.safeParse(server).error?.issues[0]
  t.equal(refusal({ token, viewerToken: 'y'.repeat(16) }), undefined)
  t.match(refusal({ token, viewerToken: token }), {
    path: ['viewerToken'],
    message: /found the same/,
  })
  t.match(refusal({ viewerToken: token }), { path: ['token'], message: /everybody is an admin/ })
  t.match(refusal({ token, viewerToken: 'short' }), { path: ['viewerToken'], code: 'too_small' })
  t.end()
})

t.test('names are names, and TLS needs both files', t => {
  const takes = (server: object) => serverSchema.safeParse(server).success
  t.ok(takes({ hosts: ['cam.example.org', 'squint', 'my_cam'] }))
  for (const host of ['', 'http://cam', 'cam:8080', 'cam/', '*.example.org', 'a..b', 'a b'])
    t.notOk(takes({ hosts: [host] }), host)
  t.ok(takes({ tls: { certificate: 'a.pem', key: 'b.pem' } }))
  t.notOk(takes({ tls: { certificate: 'a.pem' } }))
  t.end()
})
