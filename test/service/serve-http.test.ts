import { once } from 'node:events'
import { request } from 'node:https'
import { connect } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { Hono } from 'hono'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { createLive } from '../../src/outputs/live.js'
import { createHub } from '../../src/outputs/ws/hub.js'
import { webSocketRoute } from '../../src/outputs/ws/upgrade.js'
import { serveHttp } from '../../src/service/serve-http.js'
import { until } from '../fixtures/camera.js'
import { replaceFile, writeCertificate } from '../fixtures/certificate.js'
import { pushCamera } from '../fixtures/push-camera.js'

async function start(t: Test, tls?: { certificate: string; key: string }) {
  const stopping = new AbortController()
  const { signal } = stopping
  const camera = pushCamera()
  const live = createLive({ encode: async ({ data }) => data, onError: t.error })
  const hub = createHub({ version: '1.2.3', cameras: new Map([['porch', camera]]), live, signal })
  const app = new Hono()
  app.get('/healthz', context => context.text('ok'))
  app.get('/api/ws', webSocketRoute(hub))
  const told: { level: string; meaning: string; fields: object }[] = []
  const server = await serveHttp({
    server: { host: '127.0.0.1', port: 0, ...(tls && { tls }) },
    fetch: app.fetch,
    signal,
    log: {
      info: (fields: object, meaning: string) => void told.push({ level: 'info', meaning, fields }),
      warn: (fields: object, meaning: string) => void told.push({ level: 'warn', meaning, fields }),
    } as never,
    watch: { settleMs: 20, lookMs: 50 },
  })
  t.teardown(async () => {
    stopping.abort()
    await server.close()
    await camera.close()
  })
  return { server, told }
}

/** Asks over TLS, trusting only this certificate. */
async function ask(url: string, ca: string) {
  const asked = request(`${url}/healthz`, { ca, agent: false })
  asked.end()
  const [response] = await once(asked, 'response')
  const subject = (response.socket as TLSSocket).getPeerCertificate().subject.CN
  response.resume()
  return { status: response.statusCode, subject }
}

t.test('without a certificate it is plain HTTP', async t => {
  const { server } = await start(t)
  t.match(server.url, /^http:/)
  t.equal(await (await fetch(`${server.url}/healthz`)).text(), 'ok')
})

t.test(
  'with a certificate it is HTTPS, WebSockets too, and nothing is answered without',
  async t => {
    const files = writeCertificate(t.testdir(), 'porch')
    const { server } = await start(t, files)
    t.match(server.url, /^https:/)
    t.same(await ask(server.url, files.pem), { status: 200, subject: 'porch' })
    const socket = new WebSocket(`${server.url.replace('https', 'wss')}/api/ws`, { ca: files.pem })
    const [hello] = await once(socket, 'message')
    t.match(JSON.parse(String(hello)), { type: 'hello' })
    socket.terminate()

    const plain = connect({ host: '127.0.0.1', port: Number(new URL(server.url).port) })
    let answer = ''
    plain.on('data', chunk => {
      answer += chunk
    })
    plain.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(plain, 'close')
    t.notMatch(
      answer,
      /HTTP|ok/,
      'no redirect either: what the first request carried would have been read',
    )
    t.match(await ask(server.url, files.pem), { status: 200 }, 'and it goes on')
  },
)

t.test('a renewed certificate is shown without a restart, once both files are there', async t => {
  const folder = t.testdir()
  const [first, second] = [writeCertificate(folder, 'first'), writeCertificate(folder, 'second')]
  const used = writeCertificate(folder, 'used')
  replaceFile(used.certificate, first.certificate)
  replaceFile(used.key, first.key)
  const { server, told } = await start(t, used)
  t.match(await ask(server.url, first.pem), { subject: 'first' })
  // it must have seen the files as they were
  await new Promise(resolve => setTimeout(resolve, 60))
  replaceFile(used.certificate, second.certificate)
  await until(() => told.length > 0)
  t.match(told[0], {
    level: 'warn',
    meaning: 'the certificate stays as it was',
    fields: { code: 'CONFIG_INVALID', error: /found that of another/ },
  })
  t.match(await ask(server.url, first.pem), { subject: 'first' })
  replaceFile(used.key, second.key)
  await until(() => told.some(({ level }) => level === 'info'))
  t.match(await ask(server.url, second.pem), { status: 200, subject: 'second' })
  await t.rejects(ask(server.url, first.pem), { code: /DEPTH_ZERO|UNABLE_TO|SELF_SIGNED/ })
})

t.test('a certificate that cannot be used stops the start', async t => {
  const none = `${t.testdir()}/none.pem`
  await t.rejects(
    serveHttp({
      server: { host: '127.0.0.1', port: 0, tls: { certificate: none, key: none } },
      fetch: () => new Response(),
      signal: AbortSignal.abort(),
      log: { info() {}, warn() {} } as never,
    }),
    { code: 'CONFIG_INVALID', message: /^server\.tls\.certificate: / },
  )
})
