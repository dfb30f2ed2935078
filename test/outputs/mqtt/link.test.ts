import { execFileSync } from 'node:child_process'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { type LinkOptions, openLink } from '../../../src/outputs/mqtt/link.js'
import type { Send } from '../../../src/outputs/mqtt/outbox.js'
import { freePort, startBroker, untilSaid } from '../../fixtures/broker.js'
import { memoryLog, until } from '../../fixtures/camera.js'
import { startDeafBroker } from '../../fixtures/deaf-broker.js'

function open(t: Test, config: LinkOptions['config'], changes: Partial<LinkOptions> = {}) {
  const log = memoryLog()
  const heard: string[] = []
  const sends: Send[] = []
  let shut = 0
  const link = openLink({
    config,
    availability: 'here/available',
    subscriptions: ['here/+/set'],
    onOpen: send => sends.push(send),
    onShut() {
      shut += 1
    },
    onMessage: (topic, payload, retained) =>
      heard.push(`${topic} ${Buffer.from(payload)}${retained ? ' retained' : ''}`),
    log,
    retryMs: [20],
    ...changes,
  })
  t.teardown(() => link.close(false))
  return { link, log, heard, sends, shut: () => shut }
}

const reasons = ({ lines }: ReturnType<typeof memoryLog>) =>
  lines.map(({ message, fields }) => [message, 'error' in fields ? fields.error : undefined])

t.test('messages go both ways', async t => {
  const broker = await startBroker(t)
  const { link, heard, sends, log } = open(t, { url: broker.url })
  const listener = await broker.listen()
  await listener.say('here/a/set', 'old', true)
  await until(() => sends.length === 1 && heard.length > 0)
  let arrived = 0
  const arrives = () => {
    arrived += 1
  }
  sends[0]!({ topic: 'here/text', payload: 'text', retain: true }, arrives)
  sends[0]!({ topic: 'here/bytes', payload: new Uint8Array([104, 105]), retain: false }, arrives)
  await untilSaid(listener, 'here/text', 'text')
  await untilSaid(listener, 'here/bytes', 'hi')
  await until(() => arrived === 2)
  t.equal(link.connected, true)
  t.equal(link.error, null)
  t.match(reasons(log), [['MQTT broker found', undefined]])
  await link.close(true)
  t.equal(link.connected, false)
  await sleep(50)
  t.equal(listener.last('here/available'), undefined, 'a farewell sends no last will')
})

t.test('without a farewell the broker sends the last will', async t => {
  const broker = await startBroker(t)
  const { link, sends } = open(t, { url: broker.url })
  const listener = await broker.listen()
  await until(() => sends.length === 1)
  await link.close(false)
  await untilSaid(listener, 'here/available', 'offline')
})

t.test('nobody there is told once, and tried for ever', async t => {
  const port = await freePort()
  const { link, log, shut } = open(t, { url: `mqtt://localhost:${port}` })
  await until(() => log.lines.length > 0)
  await sleep(150)
  t.equal(log.lines.length, 1)
  t.match(reasons(log), [['no MQTT broker', /ECONNREFUSED/]])
  t.match(link.error, /ECONNREFUSED/)
  t.equal(shut(), 0)
})

t.test('a wrong password is told once, without it, and tried until it is right', async t => {
  const client = { username: 'eye', password: 'right-secret' }
  const broker = await startBroker(t, {
    client,
    lines(folder) {
      const file = join(folder, 'passwords')
      execFileSync('mosquitto_passwd', ['-b', '-c', file, client.username, client.password])
      return [`password_file ${file}`]
    },
  })
  const { log } = open(t, { url: broker.url, ...client, password: 'wrong-secret' })
  await until(() => log.lines.length > 0)
  await sleep(150)
  t.match(reasons(log), [['no MQTT broker', /Connection refused: Not authorized/]])
  t.equal(log.lines.length, 1)
  t.notMatch(JSON.stringify(log.lines), /secret/)
  const { link } = open(t, { url: broker.url, ...client })
  await until(() => link.connected)
})

t.test('a broker that lets no commands through is used all the same', async t => {
  const { url } = await startDeafBroker(t)
  const { link, sends, log } = open(t, { url })
  await until(() => sends.length === 1 && log.lines.length === 2)
  t.equal(link.connected, true)
  t.match(reasons(log)[1], ['the broker lets no commands through', String])
})

t.test('a broker that does not answer gets no farewell', async t => {
  const { url } = await startDeafBroker(t, 'unanswered')
  const { link, sends } = open(t, { url })
  await until(() => sends.length === 1)
  await link.close(true)
  t.equal(link.connected, false)
})

t.test('one that hangs up says no reason', async t => {
  const server = createServer(socket => socket.end()).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await until(() => server.listening)
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const { log } = open(t, { url: `mqtt://127.0.0.1:${port}` })
  await until(() => log.lines.length > 0)
  t.match(reasons(log), [['no MQTT broker', /closed|ECONNRESET/]])
})

t.test('TLS: the broker must be known', async t => {
  const broker = await startBroker(t, {
    protocol: 'mqtts',
    lines(folder) {
      const key = join(folder, 'key.pem')
      const file = join(folder, 'certificate.pem')
      execFileSync(
        'openssl',
        [
          ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
          ...['-nodes', '-keyout', key, '-out', file, '-days', '2', '-subj', '/CN=localhost'],
          ...['-addext', 'subjectAltName=IP:127.0.0.1'],
        ],
        { stdio: 'ignore' },
      )
      return [`certfile ${file}`, `keyfile ${key}`]
    },
  })
  const { folder } = broker
  const stranger = open(t, { url: broker.url })
  await until(() => stranger.log.lines.length > 0)
  t.match(reasons(stranger.log), [['no MQTT broker', /self.signed certificate/]])
  const friend = open(t, { url: broker.url, ca: join(folder, 'certificate.pem') })
  await until(() => friend.link.connected)
  const plain = open(t, { url: broker.url.replace('mqtts', 'mqtt') })
  await until(() => plain.log.lines.length > 0)
  t.match(reasons(plain.log), [['no MQTT broker', /closed|ECONNRESET/]])
  const lost = open(t, { url: broker.url, ca: join(folder, 'nowhere.pem') })
  await until(() => lost.log.lines.length > 0)
  t.match(reasons(lost.log), [['no MQTT broker', /ENOENT/]])
})

t.test('every change of the reason is told, and a loss too', async t => {
  const broker = await startBroker(t)
  const { link, log, shut } = open(t, { url: broker.url })
  await until(() => link.connected)
  await broker.stop('SIGKILL')
  await until(() => shut() === 1)
  await until(() => log.lines.length === 3)
  t.match(reasons(log), [
    ['MQTT broker found', undefined],
    ['no MQTT broker', /closed the connection|ECONNRESET/],
    ['no MQTT broker', /ECONNREFUSED/],
  ])
  await broker.start()
  await until(() => link.connected)
  t.equal(link.error, null)
})

t.test('closing waits for nobody who does not answer', async t => {
  const sockets: Socket[] = []
  const server = createServer(socket => sockets.push(socket)).listen(0, '127.0.0.1')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  await until(() => server.listening)
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const { link, log } = open(t, { url: `mqtt://127.0.0.1:${port}` })
  await until(() => sockets.length > 0)
  await link.close(true)
  t.equal(link.connected, false)
  t.same(log.lines, [])
  const { link: never } = open(t, { url: `mqtt://127.0.0.1:${port}` })
  await never.close(true)
  t.equal(never.connected, false)
})
