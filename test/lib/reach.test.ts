import type { LookupAddress } from 'node:dns'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { guardedLookup, guardedRequest, isReachableUrl, mayBeReached } from '../../src/lib/reach.js'

/** Spellings of addresses that nothing of a home answers at. */
const FORBIDDEN = [
  'http://169.254.169.254/latest/meta-data',
  'http://169.254.1.2',
  'http://0xa9fea9fe/',
  'http://2852039166/',
  'http://0251.0376.0251.0376/',
  'http://169.254.43518/',
  'http://user:word@169.254.169.254:80/',
  'http://[fe80::1]/',
  'http://[febf::1]/',
  'http://[::ffff:169.254.169.254]/',
  'http://[::ffff:a9fe:a9fe]/',
  'http://[64:ff9b::169.254.169.254]/',
  'http://[fd00:ec2::254]/',
  'http://100.100.100.200/',
  'http://0.0.0.0/',
  'http://0/',
  'http://[::]/',
  'http://224.0.0.1/',
  'http://255.255.255.255/',
  'http://[ff02::1]/',
]

t.test('link-local addresses and what stands for them are known in every spelling', async t => {
  for (const url of FORBIDDEN) {
    t.notOk(isReachableUrl(url), url)
    t.throws(() => guardedRequest(new URL(url), {}), { code: 'FORBIDDEN' }, url)
  }
})

t.test('a home, this machine and names may be reached', async t => {
  for (const url of [
    ...['http://127.0.0.1/', 'http://[::1]/', 'http://10.0.0.1/', 'http://192.168.1.2/'],
    ...['http://172.16.0.1/', 'http://[fd00::1]/', 'http://[2001:db8::1]/', 'http://100.64.0.1/'],
    ...['http://homeassistant.local:8123/', 'https://example.org/', 'no URL at all'],
  ]) {
    t.ok(isReachableUrl(url), url)
  }
  t.ok(mayBeReached('localhost'))
})

t.test('a name is looked up, and only allowed addresses of it are told', async t => {
  const ask = (name: string, options: object) =>
    new Promise<readonly [unknown, unknown, unknown]>(resolve =>
      guardedLookup(name, options, (error, address, family) => resolve([error, address, family])),
    )
  t.match(await ask('localhost', { family: 4 }), [null, '127.0.0.1', 4])
  const [, all] = await ask('localhost', { all: true })
  t.ok((all as LookupAddress[]).some(({ address }) => /^(127\.0\.0\.1|::1)$/.test(address)))
  // a number is a name as well, which the system resolves by itself: no DNS server is needed to answer with a forbidden one
  t.match(await ask('169.254.169.254', {}), [{ code: 'FORBIDDEN' }])
  t.match(await ask('169.254.169.254', { all: true }), [{ code: 'FORBIDDEN' }, []])
  t.match(await ask('nowhere.invalid', {}), [{ syscall: 'getaddrinfo' }])
})

t.test(
  'what a name resolves to is looked at when it is connected, and redirects are answers',
  async t => {
    const asked: (string | undefined)[] = []
    const server = createServer((request, response) => {
      asked.push(request.url)
      response.writeHead(302, { location: '/elsewhere' }).end()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.teardown(() => server.close())
    const { port } = server.address() as AddressInfo
    const request = guardedRequest(new URL(`http://localhost:${port}/here`), { agent: false })
    const [response] = await once(request.end(), 'response')
    t.equal(response.statusCode, 302)
    response.resume()
    t.same(asked, ['/here'])
    const secure = guardedRequest(new URL(`https://127.0.0.1:${port}/`), { agent: false })
    await t.rejects(once(secure.end(), 'response'), { code: /SSL|EPROTO/ })
  },
)
