import { createHmac } from 'node:crypto'
import t from 'tap'
import { sign } from '../../../src/outputs/webhooks/signature.js'

t.test("a message is signed as in the example of Standard Webhooks' own libraries", async t => {
  const signature = sign(
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    1614265330,
    '{"test": 2432232314}',
  )
  t.equal(signature, 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
})

t.test('a secret without the mark is a key as it is written', async t => {
  const expected = createHmac('sha256', 'correct horse battery').update('a.1.{}').digest('base64')
  t.equal(sign('correct horse battery', 'a', 1, '{}'), `v1,${expected}`)
})
