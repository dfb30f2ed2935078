import { randomBytes } from 'node:crypto'
import t from 'tap'
import { webhookSchema } from '../../../src/outputs/webhooks/config.js'

const errorOf = (secret: string): string | undefined =>
  webhookSchema.safeParse({ url: 'http://127.0.0.1/', secret }).error?.issues[0]?.message

t.test('a secret that says it is base64 must be, and long enough', async t => {
  for (const bytes of [24, 32, 63, 64]) {
    t.equal(errorOf(`whsec_${randomBytes(bytes).toString('base64')}`), undefined, `${bytes}`)
  }
  t.equal(errorOf('any text of sixteen characters'), undefined)
  for (const wrong of [
    randomBytes(16).toString('base64'),
    randomBytes(70).toString('base64'),
    'this is no base64 at all, is it????',
    `${'A'.repeat(33)}`,
  ]) {
    t.match(errorOf(`whsec_${wrong}`), /^expected base64 of 24 to 64 bytes after whsec_/, wrong)
  }
})
