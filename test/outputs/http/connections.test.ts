import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import t from 'tap'
import { limitConnections } from '../../../src/outputs/http/connections.js'
import { until } from '../../fixtures/camera.js'

t.test('a peer holds so many connections and no more, whatever another does', async t => {
  const server = createServer((_, response) => response.end('well'))
  limitConnections(server, 3)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.closeAllConnections())
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  async function open(localAddress: string) {
    const socket = connect({ host: '127.0.0.1', port, localAddress })
    t.teardown(() => socket.destroy())
    socket.on('error', () => undefined)
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    const answered = await Promise.race([
      once(socket, 'data').then(() => true),
      once(socket, 'close').then(() => false),
    ])
    return { socket, answered }
  }
  const held = [await open('127.0.0.2'), await open('127.0.0.2'), await open('127.0.0.2')]
  t.same(
    held.map(({ answered }) => answered),
    [true, true, true],
  )
  t.equal((await open('127.0.0.2')).answered, false)
  t.equal((await open('127.0.0.3')).answered, true)
  held[0]!.socket.destroy()
  await until(async () => (await open('127.0.0.2')).answered)
  t.equal((await open('127.0.0.2')).answered, false, 'one that has gone makes room for one')
  t.equal(server.maxConnections, 512)
})
