import t from 'tap'
import { createTokens } from '../../../src/outputs/http/token.js'
import { startApp } from '../../fixtures/services.js'

const token = 'correct horse battery'

t.test('without the token only health answers', async t => {
  const { app } = await startApp(t, { token })
  t.equal((await app.request('/healthz')).status, 200)
  for (const path of [
    '/',
    '/api/cameras',
    '/metrics',
    '/openapi.json',
    '/api/nothing',
    '/?token=wrong',
    '/api/cameras?token=correct+horse+battery',
  ]) {
    const response = await app.request(path)
    t.equal(response.status, 401, path)
    t.equal(response.headers.get('www-authenticate'), 'Bearer')
    t.match(await response.json(), { code: 'UNAUTHORIZED' })
  }
})

t.test('the token opens as a bearer', async t => {
  const { app } = await startApp(t, { token })
  const ask = (authorization: string) =>
    app.request('/api/cameras', { headers: { Authorization: authorization } })
  t.equal((await ask(`Bearer ${token}`)).status, 200)
  t.equal((await ask('Bearer wrong')).status, 401)
})

t.test('players that take nothing but a URL send it as a password', async t => {
  const { app } = await startApp(t, { token })
  const ask = async (credentials: string): Promise<number> => {
    const Authorization = `Basic ${Buffer.from(credentials).toString('base64')}`
    return (await app.request('/api/cameras', { headers: { Authorization } })).status
  }
  t.equal(await ask(`anybody:${token}`), 200)
  t.equal(await ask(`:${token}`), 200)
  t.equal(await ask(`${token}:`), 401)
  t.equal(await ask('anybody:wrong'), 401)
})

t.test(
  'players are asked for the password of their URL, browsers only ever for pictures',
  async t => {
    const { app } = await startApp(t, { token })
    const challenge = async (path: string) =>
      (await app.request(path)).headers.get('www-authenticate')
    for (const path of ['/api/stream.mjpeg?src=porch', '/api/cameras/porch/frame.jpeg']) {
      t.equal(await challenge(path), 'Basic realm="squint", Bearer', path)
    }
    t.equal(await challenge('/api/events/01k9zt4x8c-porch-17/snapshot.jpeg'), 'Bearer')
  },
)

t.test('opening the page with the token once leaves a cookie for pictures and sockets', async t => {
  const { app } = await startApp(t, { token })
  const first = await app.request('/?token=correct+horse+battery')
  t.equal(first.status, 302)
  t.equal(first.headers.get('location'), '/')
  const cookie = first.headers.get('set-cookie') ?? ''
  t.match(cookie, /HttpOnly/)
  t.match(cookie, /SameSite=Strict/)
  t.match(cookie, /Max-Age=34560000/, 'it outlives the browser')
  const page = await app.request('/api/cameras', { headers: { Cookie: cookie.split(';')[0]! } })
  t.equal(page.status, 200)
})

t.test('what else was asked for stays when the token leaves the address', async t => {
  const { app } = await startApp(t, { token })
  const wall = await app.request('/?kiosk&token=correct+horse+battery&camera=porch')
  t.equal(wall.headers.get('location'), '/?kiosk=&camera=porch')
})

t.test('over TLS the cookie never travels without it', async t => {
  const { app } = await startApp(t, { token, hosts: ['squint.local'] })
  const cookieOf = async (url: string) => (await app.request(url)).headers.get('set-cookie') ?? ''
  const query = '/?token=correct+horse+battery'
  t.match(await cookieOf(`https://squint.local${query}`), /; Secure/)
  t.notMatch(await cookieOf(`http://squint.local${query}`), /; Secure/)
})

t.test('each token has its role, and where there is one for admins only, it is the only one', t => {
  const both = createTokens(token, 'only a viewer has it')
  t.same([token, 'only a viewer has it', '', 'wrong'].map(both), [
    'admin',
    'viewer',
    undefined,
    undefined,
  ])
  const one = createTokens(token)
  t.same([token, '', 'undefined'].map(one), ['admin', undefined, undefined])
  t.end()
})

t.test('a screen changes its role by opening the page with another token', async t => {
  const viewerToken = 'only a viewer has it'
  const { app } = await startApp(t, { token, viewerToken })
  const roleWith = async (cookie: string) => {
    const response = await app.request('/api/access', { headers: { Cookie: cookie } })
    return JSON.parse(await response.text()).role
  }
  const admin = `squint_token=${encodeURIComponent(token)}`
  t.equal(await roleWith(admin), 'admin')
  const opened = await app.request('/?token=only+a+viewer+has+it', { headers: { Cookie: admin } })
  const [cookie] = (opened.headers.get('set-cookie') ?? '').split(';')
  t.equal(await roleWith(cookie!), 'viewer')
  const stale = await app.request('/?token=an+old+one', { headers: { Cookie: admin } })
  t.equal(stale.status, 200, 'an old link still opens the page for who is known')
})
