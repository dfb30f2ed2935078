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
