import t, { type Test } from 'tap'
import { drawingSchema } from '../../../src/events/config.js'
import { SquintError } from '../../../src/lib/errors.js'
import type { Controls } from '../../../src/outputs/controls.js'
import { controlsFixture } from '../../fixtures/controls.js'
import { startApp } from '../../fixtures/services.js'

const triangle = [
  [0, 0],
  [1, 0],
  [0.5, 1],
]
const zone = { name: 'path', polygon: triangle }

async function start(t: Test, changes: Partial<Controls> = {}) {
  const controls = { ...controlsFixture(), ...changes }
  const { app } = await startApp(t, { controls })
  return {
    controls,
    async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
      const response = await app.request(path, {
        method,
        headers: body === undefined ? {} : { 'Content-Type': 'application/json', ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      return { status: response.status, body: JSON.parse(await response.text()) }
    },
  }
}

t.test('a drawing is shown, replaced and taken back', async t => {
  const { ask } = await start(t)
  const path = '/api/cameras/porch/drawing'
  const configured = { status: 200, body: { zones: [], masks: [], source: 'configured' } }
  t.same(await ask('GET', path), configured)
  const drawn = {
    zones: [{ ...zone, minSeconds: 0 }],
    masks: [],
    source: 'drawn',
  }
  t.same(await ask('PUT', path, { zones: [zone] }), { status: 200, body: drawn })
  t.same((await ask('GET', path)).body, drawn)
  t.same((await ask('PUT', path, { masks: [triangle] })).body, {
    zones: [],
    masks: [triangle],
    source: 'drawn',
  })
  t.same(await ask('DELETE', path), configured)
})

t.test('a drawing obeys the rules of the configuration, and says which it breaks', async t => {
  const { ask, controls } = await start(t)
  for (const [body, detail] of [
    [[], 'body: expected object, found []'],
    [{ zone: [] }, 'zone: expected one of the keys zones, masks, found "zone"'],
    [
      { zones: [{ ...zone, polygon: [[0, 0]] }] },
      'zones[0].polygon: expected at least 3, found [[0,0]]',
    ],
    [{ masks: [[...triangle, [0.5, 1.5]]] }, 'masks[0][3][1]: expected at most 1, found 1.5'],
    [
      { zones: [zone, zone] },
      'zones[1].name: expected a name that no other zone has, found "path" again',
    ],
    [
      { zones: [{ ...zone, name: 'A path' }] },
      'zones[0].name: expected a-z, 0-9, _ and -, at most 40, found "A path"',
    ],
  ] as const) {
    t.match(await ask('PUT', '/api/cameras/porch/drawing', body), {
      status: 400,
      body: { code: 'REQUEST_INVALID', detail },
    })
    t.notOk(drawingSchema.safeParse(body).success, 'the configuration refuses it as well')
  }
  t.equal(controls.drawing('porch').source, 'configured')
})

t.test('a large drawing fits, a body of more than 64 KiB does not', async t => {
  const { ask } = await start(t)
  const polygon = Array.from({ length: 32 }, (_, i) => [0.1234 + i / 100, 0.5678])
  const names = Array.from({ length: 32 }, (_, i) => `zone-${i}`)
  const body = { zones: names.map(name => ({ name, polygon })), masks: Array(32).fill(polygon) }
  t.equal((await ask('PUT', '/api/cameras/porch/drawing', body)).status, 200)
  for (const [method, path] of [
    ['PUT', '/api/cameras/porch/drawing'],
    ['PUT', '/api/cameras/porch/detection'],
    ['PATCH', '/api/budget'],
  ] as const) {
    const large = await ask(method, path, ' '.repeat((64 << 10) + 1))
    t.match(large, { status: 413, body: { code: 'BODY_TOO_LARGE' } })
  }
})

t.test('detection is switched', async t => {
  const { ask, controls } = await start(t)
  const path = '/api/cameras/porch/detection'
  t.same(await ask('GET', path), { status: 200, body: { enabled: true } })
  t.same(await ask('PUT', path, { enabled: false }), { status: 200, body: { enabled: false } })
  t.equal(controls.detection('porch'), false)
  t.same((await ask('GET', path)).body, { enabled: false })
  t.match(await ask('PUT', path, { enabled: 'no' }), {
    status: 400,
    body: { detail: 'enabled: expected boolean, found "no"' },
  })
  t.equal((await ask('PUT', path, {})).status, 400)
})

t.test('a budget is changed by what is given', async t => {
  const { ask } = await start(t)
  const before = {
    enabled: true,
    watts: null,
    millijoulesPerFrame: 4,
    milliseconds: null,
    celsius: null,
  }
  t.same(await ask('GET', '/api/budget'), { status: 200, body: before })
  t.same((await ask('PATCH', '/api/budget', {})).body, before)
  t.same((await ask('PATCH', '/api/budget', { enabled: false })).body, {
    ...before,
    enabled: false,
  })
  const all = {
    enabled: true,
    watts: 2.5,
    millijoulesPerFrame: null,
    milliseconds: 20,
    celsius: 70,
  }
  t.same(await ask('PATCH', '/api/budget', all), { status: 200, body: all })
  for (const [body, detail] of [
    [{ watts: 0 }, 'watts: expected at least 0.01, found 0'],
    [{ celsius: '70' }, 'celsius: expected number, found "70"'],
    [{ wats: 1 }, /^wats: expected one of the keys enabled, watts, .* found "wats"$/],
    [{ fps: 1 }, /: expected only the keys enabled, watts, .* found another one$/],
  ] as const) {
    t.match(await ask('PATCH', '/api/budget', body), { status: 400, body: { detail } })
  }
})

t.test('the state of the configuration is told', async t => {
  const { ask, controls } = await start(t)
  t.same(await ask('GET', '/api/configuration'), { status: 200, body: controls.configuration() })
})

t.test('a camera that does not exist is refused', async t => {
  const { ask } = await start(t)
  for (const [method, path, body] of [
    ['GET', 'drawing'],
    ['PUT', 'drawing', {}],
    ['DELETE', 'drawing'],
    ['GET', 'detection'],
    ['PUT', 'detection', { enabled: true }],
  ] as const) {
    t.match(await ask(method, `/api/cameras/cellar/${path}`, body), {
      status: 404,
      body: { code: 'CAMERA_UNKNOWN' },
    })
  }
})

t.test('a change must say that it is JSON', async t => {
  const { ask } = await start(t)
  for (const [method, path] of [
    ['PUT', '/api/cameras/porch/drawing'],
    ['PUT', '/api/cameras/porch/detection'],
    ['PATCH', '/api/budget'],
  ] as const) {
    t.match(await ask(method, path, '{}', { 'Content-Type': 'text/plain' }), {
      status: 400,
      body: { detail: 'Content-Type: expected application/json, found text/plain' },
    })
  }
})

t.test('a change that cannot be kept is not made, and says so', async t => {
  const full = async () => {
    throw new SquintError('STATE_UNWRITABLE', 'state: expected room on the disk, found none')
  }
  const { ask } = await start(t, {
    setDrawing: full,
    resetDrawing: full,
    setDetection: full,
    setBudget: full,
  })
  for (const [method, path, body] of [
    ['PUT', '/api/cameras/porch/drawing', {}],
    ['DELETE', '/api/cameras/porch/drawing'],
    ['PUT', '/api/cameras/porch/detection', { enabled: true }],
    ['PATCH', '/api/budget', {}],
  ] as const) {
    t.match(await ask(method, path, body), { status: 507, body: { code: 'STATE_UNWRITABLE' } })
  }
})
