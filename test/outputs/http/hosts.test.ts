import { once } from 'node:events'
import { connect } from 'node:net'
import { hostname } from 'node:os'
import t, { type Test } from 'tap'
import { namesOf } from '../../../src/outputs/http/hosts.js'
import { listen } from '../../../src/outputs/http/server.js'
import { startApp } from '../../fixtures/services.js'

t.test(
  'the service is called by addresses, its own names and those of the configuration',
  async t => {
    const { app } = await startApp(t, { host: 'porch.lan', hosts: ['Cameras.example.org'] })
    const ask = async (Host: string) =>
      (await app.request('/api/cameras', { headers: { Host } })).status
    const own = hostname().split('.')[0]
    for (const host of [
      'localhost',
      'LOCALHOST:8080',
      'localhost.',
      '127.0.0.1',
      '192.168.1.7:8080',
      '[::1]',
      '[fd00::7]:8080',
      own!,
      `${own}.local:8080`,
      'porch.lan',
      'cameras.example.org:443',
    ])
      t.equal(await ask(host), 200, host)
    for (const host of [
      'evil.example',
      'evil.example:8080',
      'localhost.evil.example',
      'evil.example:127.0.0.1',
      '127.0.0.1.evil.example',
      '127.0.0.1@evil.example',
      'evil-localhost',
      'localhost:8080:8080',
      '[evil.example]',
      '[::1].evil.example',
      '::1',
      '0x7f000001.evil.example',
      `${own}.evil.example`,
      'cameras.example.org.evil.example',
      'localhost, evil.example',
      '',
    ])
      t.equal(await ask(host), 421, host)
  },
)

t.test('the refusal says what to configure', async t => {
  const { app } = await startApp(t)
  const response = await app.request('/healthz', { headers: { Host: 'cam.example.org:8080' } })
  t.match(await response.json(), {
    status: 421,
    code: 'HOST_UNKNOWN',
    detail: /found cam\.example\.org:8080; .* add it to server\.hosts in the configuration$/,
  })
  const long = await app.request('/', { headers: { Host: 'x'.repeat(5000) } })
  t.ok((await long.text()).length < 1000)
})

t.test('a machine with a long name is known by its first part as well', t => {
  const names = namesOf({ hosts: ['cam.example.org'] }, 'Pi.garden.example')
  for (const name of ['localhost', 'pi.garden.example', 'pi', 'pi.local', 'cam.example.org'])
    t.ok(names.has(name), name)
  t.notOk(names.has('garden.example'))
  t.end()
})

/** A real server, asked by hand. */
async function serve(t: Test, token?: string) {
  const { app } = await startApp(t, token === undefined ? {} : { token })
  const server = await listen({ host: '127.0.0.1', port: 0, fetch: app.fetch })
  t.teardown(server.close)
  const port = Number(new URL(server.url).port)
  return async function ask(start: string, ...headers: string[]): Promise<string> {
    const socket = connect({ host: '127.0.0.1', port })
    t.teardown(() => socket.destroy())
    socket.write([`${start} HTTP/1.1`, ...headers, 'Connection: close', '', ''].join('\r\n'))
    const [answer] = await once(socket, 'data')
    return String(answer).split('\r\n')[0]!
  }
}

const UPGRADE = [
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
]

t.test('neither two hosts nor an address in the request line lead around it', async t => {
  const ask = await serve(t)
  t.match(await ask('GET /api/cameras', 'Host: localhost'), ' 200 ')
  t.match(await ask('GET /api/cameras', 'Host: localhost', 'Host: evil.example'), ' 400 ')
  t.match(await ask('GET /api/cameras', 'Host: evil.example', 'Host: localhost'), ' 400 ')
  t.match(await ask('GET http://localhost/api/cameras', 'Host: evil.example'), ' 421 ')
  t.match(await ask('GET /api/cameras'), ' 400 ')
})

t.test('an upgrade is asked for by the same names', async t => {
  const ask = await serve(t)
  const upgrade = (...headers: string[]) => ask('GET /api/ws', ...headers, ...UPGRADE.slice(0, 1))
  // the application of this test answers instead of upgrading
  t.match(await upgrade('Host: localhost'), ' 200 ')
  t.match(await upgrade('Host: evil.example'), ' 421 ')
  t.match(await upgrade('Host: evil.example', 'Origin: http://evil.example'), ' 421 ')
  t.match(await upgrade('Host: localhost', 'Host: evil.example'), ' 400 ')
  t.match(await upgrade('Host: evil.example', 'Host: localhost'), ' 400 ')
})

t.test('no header says that somebody is trusted, local or known', async t => {
  const ask = await serve(t, 'the token of the admin')
  const claims = [
    'X-Forwarded-For: 127.0.0.1',
    'X-Forwarded-Host: localhost',
    'X-Forwarded-Proto: https',
    'X-Real-IP: 127.0.0.1',
    'Forwarded: for=127.0.0.1;host=localhost;proto=https',
    'X-Remote-User: admin',
    'Remote-User: admin',
    'X-Remote-Role: admin',
    'X-Auth-Request-User: admin',
    'X-Original-URL: /healthz',
    'X-Rewrite-URL: /healthz',
    'X-HTTP-Method-Override: GET',
  ]
  for (const path of ['/api/cameras', '/api/configuration', '/metrics']) {
    t.match(await ask(`GET ${path}`, 'Host: localhost', ...claims), ' 401 ', path)
    t.match(await ask(`GET ${path}`, 'Host: localhost', ...claims, ...UPGRADE.slice(0, 1)), ' 401 ')
  }
  t.match(await ask('GET /healthz', 'Host: evil.example', ...claims), ' 421 ')
})
