import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import t from 'tap'
import { guardUpgrades } from '../../../src/outputs/http/upgrades.js'

t.test(
  'a WebSocket is left to who knows them, everything else is refused, and all can be cut',
  t => {
    const server = new EventEmitter()
    const known: unknown[] = []
    server.on('upgrade', (request, _, head) => known.push({ request, head }))
    const cut = guardUpgrades(server)
    const ask = (upgrade: string) => {
      const socket = new PassThrough()
      server.emit('upgrade', { headers: { upgrade } }, socket, 'head')
      return socket
    }
    const player = ask('WebSocket')
    t.same(known, [{ request: { headers: { upgrade: 'WebSocket' } }, head: 'head' }])
    t.equal(player.read(), null)
    const curl = ask('h2c')
    t.match(String(curl.read()), /^HTTP\/1.1 400 Bad Request\r\nConnection: close\r\n/)
    t.equal(known.length, 1)
    player.emit('error', new Error('read ECONNRESET'))
    t.ok(player.destroyed, 'and the process goes on')
    cut()
    t.ok(curl.destroyed)
    t.end()
  },
)
