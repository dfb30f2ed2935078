/** A whole service with a broker: what a user of Home Assistant configures. */
import t from 'tap'
import { parseConfig } from '../../src/config/load.js'
import { createLog } from '../../src/lib/log.js'
import { startService } from '../../src/main.js'
import { startBroker } from '../fixtures/broker.js'
import { until } from '../fixtures/camera.js'

t.test(
  'a service with a broker starts, tells what it has and what happens, and says goodbye',
  async t => {
    const broker = await startBroker(t)
    const listener = await broker.listen()
    const config = parseConfig(
      {
        server: { port: 0 },
        cameras: [{ id: 'porch', type: 'demo' }],
        mqtt: { url: broker.url, frigate: 'frigate', everySeconds: 1 },
      },
      {},
      'test',
    )
    const service = await startService(config, createLog('error'))
    t.teardown(service.close)
    await until(() => listener.last('squint/available') === 'online')
    await until(() => listener.last('squint/events') !== undefined, 'an event')
    t.match(JSON.parse(listener.last('squint/events')!), { event: { camera: 'porch' } })
    t.match(JSON.parse(listener.last('homeassistant/device/squint_cam_porch/config')!), {
      device: { name: /porch/ },
    })
    await until(() => Number(JSON.parse(listener.last('squint/stats') ?? '{}').watts) > 0, 'watts')
    await until(() => listener.last('frigate/events') !== undefined)
    await service.close()
    await until(() => listener.last('squint/available') === 'offline')
    const { event } = JSON.parse(listener.last('squint/events')!)
    t.match(event, { endedBy: 'restart' }, 'what lasted has ended before')
  },
)
