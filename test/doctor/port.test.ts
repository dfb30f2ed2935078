import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { checkPort } from '../../src/doctor/port.js'
import { listen } from '../../src/outputs/http/server.js'
import { certificateFolder, writeCertificate } from '../fixtures/certificate.js'
import { startApp } from '../fixtures/services.js'
import { surroundingsOf } from '../fixtures/surroundings.js'

const token = 'sixteen-characters'

async function check(t: Test, server: { port: number; [field: string]: unknown }) {
  const [finding] = await checkPort(await surroundingsOf(t, 'doctor-pi5', { server }))
  return finding
}

/** Something that listens and gives this answer to whatever it is asked. */
async function occupy(t: Test, host: string, answer: string) {
  const asked: (string | undefined)[] = []
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization)
    response.end(answer)
  })
  server.listen(0, host)
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  return { asked, port }
}

t.test('a port is free, or left to the system', async t => {
  const { port } = await occupy(t, '127.0.0.2', '')
  t.match(await check(t, { port }), { state: 'well', found: `127.0.0.1:${port} is free` })
  t.match(await check(t, { port }), { state: 'well' }, 'it was let go')
  t.match(await check(t, { port: 0 }), { state: 'well', found: /the system/ })
})

t.test('a squint that already answers is well, with a token or without', async t => {
  for (const more of [{}, { token }]) {
    const { app } = await startApp(t, more)
    const http = await listen({ host: '127.0.0.1', port: 0, fetch: app.fetch })
    t.teardown(http.close)
    const port = Number(new URL(http.url).port)
    t.match(await check(t, { port, ...more }), {
      state: 'well',
      found: `squint ${'token' in more ? 'with a token ' : '1.2.3 '}already answers at 127.0.0.1:${port}`,
    })
  }
})

t.test('a port that another program has is missing, and the token is not told to it', async t => {
  for (const answer of ['hello', '{"info":{"title":"other","version":"1"}}']) {
    const { port, asked } = await occupy(t, '127.0.0.1', answer)
    t.match(await check(t, { port, token }), {
      state: 'missing',
      essential: true,
      found: `127.0.0.1:${port} is taken by another program`,
      mend: `sudo ss -ltnp 'sport = :${port}'   # whose it is`,
    })
    t.same(asked, [undefined])
  }
})

t.test('addresses that mean all are asked nearby', async t => {
  const description = '{"info":{"title":"squint","version":"9"}}'
  for (const [host, told] of [
    ['0.0.0.0', '0.0.0.0'],
    ['::', '[::]'],
  ] as const) {
    const { port } = await occupy(t, host, description)
    t.match(await check(t, { host, port, token }), {
      found: `squint 9 already answers at ${told}:${port}`,
    })
  }
})

t.test('an address of another machine cannot be had', async t => {
  t.match(await check(t, { host: '192.0.2.1', port: 8080, token }), {
    state: 'missing',
    essential: true,
    found: '192.0.2.1:8080 cannot be had: EADDRNOTAVAIL',
    mend: /addresses/,
  })
})

t.test('a squint with TLS is known as well, whatever name its certificate has', async t => {
  const { certificate, key } = writeCertificate(certificateFolder(t))
  const { app } = await startApp(t)
  const http = await listen({
    host: '127.0.0.1',
    port: 0,
    fetch: app.fetch,
    certificate: { cert: readFileSync(certificate), key: readFileSync(key) },
  })
  t.teardown(http.close)
  const port = Number(new URL(http.url).port)
  t.match(await check(t, { port, tls: { certificate, key } }), {
    state: 'well',
    found: `squint 1.2.3 already answers at 127.0.0.1:${port}`,
  })
})
