import t from 'tap'
import { createAnnounced } from '../../../src/outputs/mqtt/announced.js'
import { serviceDevice } from '../../../src/outputs/mqtt/discovery.js'

const device = serviceDevice({ prefix: 'squint', version: '1', snapshots: true })
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))

t.test('what was announced and is gone is removed, as long as the service runs', async t => {
  const announced = createAnnounced('squint')
  const { budget, ...rest } = device.components
  announced.messages(new Map([['a', device]]))
  const messages = announced.messages(new Map([['a', { ...device, components: rest }]]))
  t.same(JSON.parse(messages.get('a')!).components.budget, { platform: 'switch' })
  t.same([...announced.messages(new Map())], [['a', '']])
  t.ok(budget)
})

t.test('what the broker remembers counts, if it is of this service', async t => {
  const announced = createAnnounced('squint')
  t.equal(announced.remember('a', bytes(device)), true)
  t.equal(announced.remember('a', bytes(device)), false, 'known already')
  const camera = {
    ...device,
    device: { ...device.device, identifiers: ['x'], via_device: 'squint' },
  }
  t.equal(announced.remember('b', bytes(camera)), true)
  const others = [
    Buffer.from(''),
    Buffer.from('{'),
    Buffer.alloc((1 << 20) + 1, ' '),
    bytes({ ...device, origin: { name: 'zigbee2mqtt' } }),
    bytes({ ...device, device: { ...device.device, identifiers: ['other'] } }),
  ]
  for (const other of others) t.equal(announced.remember('c', other), false)
  t.same([...announced.messages(new Map()).keys()], ['a', 'b'])
})
