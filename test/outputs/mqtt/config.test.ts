import t from 'tap'
import { mqttSchema } from '../../../src/outputs/mqtt/config.js'

t.test('Frigate’s words need a prefix of their own', async t => {
  const url = 'mqtt://127.0.0.1'
  t.match(mqttSchema.parse({ url, frigate: 'frigate' }), { prefix: 'squint', frigate: 'frigate' })
  for (const same of [{ frigate: 'squint' }, { prefix: 'frigate', frigate: 'frigate' }]) {
    const { error } = mqttSchema.safeParse({ url, ...same })
    t.match(error?.issues, [{ path: ['frigate'], message: /^expected another prefix/ }])
  }
})
