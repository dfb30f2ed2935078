import { Hono } from 'hono'
import t, { type Test } from 'tap'
import { createGuard } from '../../../src/outputs/http/guard.js'
import { problem } from '../../../src/outputs/http/problem.js'
import { startApp } from '../../fixtures/services.js'

const token = 'the token of the admin'
const viewerToken = 'the token of a viewer'

/** A guarded application whose clock the test turns, asked from addresses that the test chooses. */
function guarded(_: Test) {
  let at = 0
  const app = new Hono()
  app.onError((error, context) => problem(context, error))
  app.use(
    createGuard({
      token,
      viewerToken,
      elsewhere: async request => request.header('X-Key'),
      now: () => at,
    }),
  )
  app.get('/healthz', context => context.text('ok'))
  app.get('/api/stats', context => context.text(context.get('role')))
  app.get('/api/new', context => context.text('not in the table'))
  async function ask(
    from: string | undefined,
    headers: Record<string, string> = {},
    path = '/api/stats',
  ) {
    const env = from === undefined ? {} : { incoming: { socket: { remoteAddress: from } } }
    const response = await app.request(path, { headers }, env)
    return {
      status: response.status,
      retry: response.headers.get('retry-after'),
      text: await response.text(),
    }
  }
  const bearer = (given: string) => ({ Authorization: `Bearer ${given}` })
  return { app, ask, bearer, wait: (ms: number) => (at += ms) }
}

t.test('a route that is not in the table is answered to nobody', async t => {
  const { ask, bearer } = guarded(t)
  const refusal = await ask('10.0.0.2', bearer(token), '/api/new')
  t.equal(refusal.status, 403)
  t.match(JSON.parse(refusal.text), {
    detail: 'GET /api/new: expected a route of the table of roles',
  })

  const { app } = await startApp(t)
  app.get('/api/cameras/:id/new', context => context.text('forgotten'))
  t.equal((await app.request('/api/cameras/porch/new')).status, 403, 'without tokens neither')
})

t.test('without tokens everybody is an admin', async t => {
  const { app } = await startApp(t)
  t.same(await (await app.request('/api/access')).json(), { role: 'admin' })
  t.equal((await app.request('/api/configuration')).status, 200)
  t.equal((await app.request('/?token=of+another+service')).status, 200)
})

t.test('who shows ten wrong tokens is not listened to until a minute has passed', async t => {
  const { ask, bearer, wait } = guarded(t)
  for (let guess = 0; guess < 10; guess++) {
    t.equal((await ask('10.0.0.2', bearer(`guess ${guess}`))).status, 401)
    wait(1000)
  }
  const refused = await ask('10.0.0.2', bearer(token))
  t.match(refused, { status: 429, retry: '50' }, 'not even with the right one')
  t.match(JSON.parse(refused.text), {
    code: 'TOO_MANY_REQUESTS',
    detail: 'token: expected a right one, found too many wrong ones; try again in 50 s',
  })
  t.equal((await ask('::ffff:10.0.0.2', bearer(token))).status, 429, 'by whatever name')
  t.equal((await ask('10.0.0.2', {}, '/healthz')).status, 200)
  t.match(await ask('10.0.0.3', bearer(viewerToken)), { status: 200, text: 'viewer' })
  wait(50_000)
  t.match(await ask('10.0.0.2', bearer(token)), { status: 200, text: 'admin' })
})

t.test('a screen with an old cookie shuts nobody out, and no token is no wrong one', async t => {
  const { ask, bearer } = guarded(t)
  for (let i = 0; i < 30; i++) {
    t.equal((await ask('10.0.0.2', { Cookie: 'squint_token=old' })).status, 401)
    t.equal((await ask('10.0.0.2')).status, 401)
  }
  t.equal((await ask('10.0.0.2', bearer(token))).status, 200)
})

t.test(
  'wrong tokens count wherever they stand, unless there is a right one beside them',
  async t => {
    const { ask, bearer } = guarded(t)
    for (let i = 0; i < 20; i++) {
      const headers = {
        ...bearer(`old ${i}`),
        Cookie: `squint_token=older${i}`,
        'X-Key': viewerToken,
      }
      t.match(await ask('10.0.0.2', headers), { status: 200, text: 'viewer' })
    }
    for (let i = 0; i < 5; i++) {
      await ask('10.0.0.2', { 'X-Key': `key ${i}`, Cookie: `squint_token=cookie${i}` })
    }
    t.equal((await ask('10.0.0.2')).status, 429)
  },
)

t.test('what this process asks itself is not counted', async t => {
  const { ask, bearer } = guarded(t)
  for (let guess = 0; guess < 12; guess++) await ask(undefined, bearer(`guess ${guess}`))
  t.equal((await ask(undefined, bearer(token))).status, 200)
})
