import t, { type Test } from 'tap'
import {
  type Access,
  accessTo,
  demand,
  MESSAGES,
  ROUTES,
  strictest,
} from '../../../src/outputs/http/roles.js'
import { wsRequestSchema } from '../../../src/outputs/ws/messages.js'
import { startApp } from '../../fixtures/services.js'

const token = 'the token of the admin'
const viewerToken = 'the token of a viewer'

/** Every route that the application really has, with a path that its pattern matches. */
async function start(t: Test) {
  const { app } = await startApp(t, { token, viewerToken })
  const routes = app.routes.filter(({ method }) => method !== 'ALL')
  const unique = new Map(routes.map(route => [`${route.method} ${route.path}`, route]))
  async function ask(method: string, pattern: string, bearer?: string): Promise<number> {
    const path = pattern.replace(':id', 'porch').replace(':name', 'scout')
    const headers = bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` }
    const response = await app.request(path, { method, headers })
    await response.body?.cancel()
    return response.status
  }
  return { ask, routes: [...unique.values()] }
}

t.test('every route is in the table, and nothing is that is no route', async t => {
  const { routes } = await start(t)
  for (const { method, path } of routes) t.ok(accessTo(method, path), `${method} ${path}`)
  const patterns = routes.flatMap(({ method, path }) => [
    `${method} ${path}`,
    `${method} ${path.replace(/[^/]+$/, '*')}`,
  ])
  for (const entry of ROUTES.keys()) t.ok(patterns.includes(entry), `${entry} is a route`)
})

t.test('no route answers a stranger but those for supervisors', async t => {
  const { ask, routes } = await start(t)
  const open: string[] = []
  for (const { method, path } of routes) {
    const status = await ask(method, path)
    if (accessTo(method, path) === 'public') open.push(`${method} ${path}`)
    else t.equal(status, 401, `${method} ${path}`)
    t.equal(
      await ask(method, path, 'a wrong token, and long'),
      open.includes(`${method} ${path}`) ? status : 401,
    )
  }
  t.same(open, ['GET /healthz', 'GET /readyz'])
})

t.test('strangers do not even learn which paths and methods there are', async t => {
  const { ask } = await start(t)
  for (const [method, path] of [
    ['GET', '/api/nothing'],
    ['GET', '/kiosk.css.map'],
    ['GET', '/../etc/passwd'],
    ['POST', '/healthz'],
    ['OPTIONS', '/api/budget'],
    ['PROPFIND', '/'],
    ['HEAD', '/api/cameras'],
    ['DELETE', '/api/cameras'],
  ] as const) {
    t.equal(await ask(method, path), 401, `${method} ${path}`)
  }
})

t.test('a viewer may look at everything and change nothing', async t => {
  const { ask, routes } = await start(t)
  const refused: string[] = []
  for (const { method, path } of routes) {
    const status = await ask(method, path, viewerToken)
    t.not(status, 401, `${method} ${path}`)
    if (status === 403) refused.push(`${method} ${path}`)
    const asAdmin = await ask(method, path, token)
    t.notOk([401, 403].includes(asAdmin), `the admin may ${method} ${path}`)
  }
  t.same(refused.toSorted(), [
    'DELETE /api/cameras/:id/drawing',
    'GET /api/configuration',
    'PATCH /api/budget',
    'PUT /api/cameras/:id/detection',
    'PUT /api/cameras/:id/drawing',
  ])
  t.equal(await ask('HEAD', '/api/configuration', viewerToken), 403)
  t.equal(await ask('GET', '/api/nothing', viewerToken), 404)
})

t.test('every message of a WebSocket client is in the table', async t => {
  const types = wsRequestSchema.options.map(({ shape }) => shape.type.value)
  t.same(Object.keys(MESSAGES).toSorted(), types.toSorted())
})

t.test(
  'a table entry for files stands for built files of that folder and for nothing else',
  async t => {
    t.equal(accessTo('GET', '/client/line.js'), 'viewer')
    for (const pattern of [
      '/client/notes.txt',
      '/client/deeper/line.js',
      '/:file.js',
      '/secrets',
      '/api/x.js',
    ])
      t.equal(accessTo('GET', pattern), undefined, pattern)
    t.equal(accessTo('POST', '/kiosk.js'), undefined)
  },
)

t.test('who is more may do what those may that are less', async t => {
  const accesses: Access[] = ['public', 'viewer', 'admin']
  t.equal(strictest(['viewer', 'public', 'admin', 'viewer']), 'admin')
  t.equal(strictest(['public']), 'public')
  for (const access of accesses) demand('admin', access)
  demand('viewer', 'viewer')
  t.throws(() => demand('viewer', 'admin'), {
    code: 'FORBIDDEN',
    message: 'role: expected admin, found a token that may only look',
  })
})
