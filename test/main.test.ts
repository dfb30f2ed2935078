import { once } from 'node:events'
import { appendFileSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { parseConfig } from '../src/config/load.js'
import { createLog } from '../src/lib/log.js'
import { startService } from '../src/main.js'
import { decisionSchema, resultSchema } from '../src/outputs/http/schemas.js'
import { historySchema, statsSchema } from '../src/outputs/http/schemas-stats.js'
import { modelsCopy } from './fixtures/models.js'
import { photo, photoPath } from './fixtures/photos.js'

const log = createLog('error')

async function start(t: Test, config: object = {}) {
  const service = await startService(
    parseConfig({ server: { port: 0 }, ...config }, {}, 'test'),
    log,
  )
  t.teardown(service.close)
  const ask = async (path: string, init?: RequestInit) => {
    const response = await fetch(service.url + path, init)
    return { status: response.status, response, json: () => response.json() as Promise<never> }
  }
  return { ask, service }
}

t.test(
  'with nothing attached and nothing configured the demo shows people, and says what it cost',
  async t => {
    const { ask } = await start(t)
    const { response } = await ask('/api/cameras/demo/detections?waitMs=20000')
    const result = JSON.parse(await response.text())
    t.match(result, {
      camera: 'demo',
      frame: { width: 1280, height: 720 },
      exit: { stage: 'expert', reason: 'refresh' },
      energyMj: { method: 'modelled' },
    })
    t.ok(result.detections.some(({ label }: { label: string }) => label === 'person'))
    t.match(result.detections[0], { trackId: 1, zones: [] })

    const still = await ask('/api/cameras/demo/frame.jpeg')
    const jpeg = Buffer.from(await still.response.arrayBuffer())
    t.equal(jpeg.readUInt16BE(0), 0xffd8)

    const stats = JSON.parse(await (await ask('/api/stats')).response.text())
    t.match(stats, {
      power: { method: 'modelled' },
      cameras: [{ id: 'demo', status: { state: 'streaming' } }],
    })
    t.ok(stats.power.joules > 0)
    t.ok(stats.cameras[0].analysed > 0)
    t.match(
      await (await ask('/metrics')).response.text(),
      /squint_frames_total\{camera="demo",stage="expert",reason="refresh"\} \d/,
    )
    t.equal((await ask('/')).status, 200)
  },
)

t.test('every frame is accounted for, and some are audited', async t => {
  const audit = { share: 0.1, energyShare: 0.5 }
  const { ask } = await start(t, { cameras: [{ id: 'demo', type: 'demo' }], cascade: { audit } })
  const json = async (path: string) => JSON.parse(await (await ask(path)).response.text())
  const audited = async () => (await json('/api/stats')).cameras[0]?.audit.audited
  for (let i = 0; i < 200 && (await audited()) === 0; i++) await sleep(100)
  t.ok((await audited()) > 0)
  t.match(
    await (await ask('/metrics')).response.text(),
    /squint_audit_frames_total\{camera="demo"\} \d/,
  )

  const result = await json('/api/cameras/demo/detections')
  const [decision] = await json(`/api/cameras/demo/explain?frame=${result.frame.id}&limit=1`)
  const { detections, ...rest } = result
  t.match(decision, rest)
  // what is sent is what the document says
  t.strictSame(resultSchema.parse(result), result)
  t.strictSame(decisionSchema.parse(decision), decision)
  const stats = await json('/api/stats')
  t.strictSame(statsSchema.parse(stats), stats)
  t.equal(stats.cameras[0].id, 'demo')
  // the running second is not told yet
  await sleep(1000)
  const history = await json('/api/power/history?camera=demo&seconds=600')
  t.strictSame(historySchema.parse(history), history)
  const { points } = historySchema.parse(history)
  t.ok(points.some(({ millijoules }) => millijoules.expert > 0))
  t.ok(points.some(({ millijoules }) => millijoules.audit > 0))
  t.ok(Array.isArray(detections))
})

t.test('bad uploads get their status, code and sentence, and the service goes on', async t => {
  const { ask } = await start(t)
  const post = async (body: Uint8Array) => {
    const { status, response } = await ask('/api/detect', {
      method: 'POST',
      body: Buffer.from(body),
    })
    return { status, ...JSON.parse(await response.text()) }
  }
  t.match(await post(photo(1).subarray(0, 60_000)), {
    status: 400,
    code: 'PICTURE_BROKEN',
    detail: /expected a whole picture/,
  })
  t.match(await post(Buffer.from('hello')), { status: 415, code: 'PICTURE_UNSUPPORTED' })
  t.match(await post(new Uint8Array(0)), { status: 415, code: 'PICTURE_UNSUPPORTED' })
  t.match(await post(Buffer.alloc(17 << 20)), { status: 413, code: 'BODY_TOO_LARGE' })
  const uploads = async () => {
    const metrics = await (await ask('/metrics')).response.text()
    const joules = /^squint_energy_joules_total\{camera="_uploads",stage="decode",\S+ (\S+)$/m
    return Number(joules.exec(metrics)?.[1] ?? 0)
  }
  t.equal(await uploads(), 0, 'nobody looked at those')
  const { energyMj, ...rest } = await post(photo(6))
  t.match(rest, { status: 200, frame: { width: 1920 } })
  t.ok(energyMj.decode > 0)
  t.equal(await uploads(), energyMj.decode / 1000)
})

t.test('torn frames of a camera are counted and the loop goes on', async t => {
  // one picture is whole; the other keeps less than its header promises
  const folder = t.testdir({
    'a.jpg': t.fixture('symlink', photoPath(1)),
    'b.jpg': Buffer.concat([photo(1).subarray(0, 40_000), Buffer.from([0xff, 0xd9])]),
  })
  const camera = { id: 'porch', type: 'replay', path: folder, fps: 10, loop: true }
  const { ask } = await start(t, { cameras: [camera] })
  const counts = async () => JSON.parse(await (await ask('/api/stats')).response.text()).cameras[0]
  for (let i = 0; i < 100 && (await counts()).failed < 3; i++) await sleep(100)
  const { analysed, failed } = await counts()
  t.ok(failed >= 3 && analysed >= 2, `${failed} failed, ${analysed} analysed`)
})

t.test('a camera that cannot be opened stops neither the service nor another camera', async t => {
  const { ask } = await start(t, {
    cameras: [
      { id: 'gone', type: 'replay', path: '/nowhere', pace: 'taken' },
      { id: 'demo', type: 'demo' },
    ],
  })
  t.equal((await ask('/api/cameras/demo/detections?waitMs=20000')).status, 200)
  t.match(JSON.parse(await (await ask('/api/cameras/gone')).response.text()), {
    state: 'waiting',
    error: { code: 'CAMERA_FAILED' },
  })
  t.equal((await ask('/readyz')).status, 200)
})

t.test('a token is asked for when one is set', async t => {
  const token = 'correct horse battery'
  const { ask } = await start(t, { server: { port: 0, token } })
  t.equal((await ask('/api/stats')).status, 401)
  t.equal((await ask('/api/stats', { headers: { Authorization: `Bearer ${token}` } })).status, 200)
})

t.test('a start that fails leaves nothing running', async t => {
  const taken = createServer().listen(0, '127.0.0.1')
  t.teardown(() => taken.close())
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  await t.rejects(startService(parseConfig({ server: { port } }, {}, 'test'), log), {
    code: 'PORT_BUSY',
  })

  const models = modelsCopy(t)
  appendFileSync(
    join(
      models,
      readdirSync(models).find(name => name.startsWith('scout') && name.endsWith('.onnx'))!,
    ),
    'x',
  )
  await t.rejects(startService(parseConfig({ cascade: { models } }, {}, 'test'), log), {
    code: 'MODEL_HASH',
  })
})

t.test('closing twice is closing once', async t => {
  const { service } = await start(t)
  await Promise.all([service.close(), service.close()])
  await t.rejects(fetch(service.url))
})

t.test('a part that does not close keeps no other from closing', async t => {
  const stuck = { url: 'http://127.0.0.1:1', close: () => Promise.reject(new Error('stuck')) }
  const { startService } = await t.mockImport<typeof import('../src/main.js')>(
    import.meta.resolve('../src/main.js'),
    {
      [import.meta.resolve('../src/outputs/http/server.js')]: { listen: async () => stuck },
    },
  )
  const service = await startService(parseConfig({}, {}, 'test'), log)
  await service.close()
  t.same(
    process.getActiveResourcesInfo().filter(name => name === 'MessagePort'),
    [],
    'the inference thread is gone',
  )
})

t.test('a camera with a policy of its own is looked at by that, the others as all are', async t => {
  const folder = t.testdir({
    photos: { 'a.jpg': t.fixture('symlink', photoPath(1)) },
    policies: { 'often.yaml': 'refreshSeconds: 1' },
    wrong: { 'often.yaml': 'refreshSeconds: 0' },
  })
  const replay = { type: 'replay', path: join(folder, 'photos'), fps: 5, loop: true }
  const cameras = ['often', 'seldom'].map(id => ({ ...replay, id }))
  const cascade = (policies: string) => ({ policies: join(folder, policies) })

  const { ask } = await start(t, { cameras, cascade: cascade('policies') })
  const refreshes = async (camera: string) => {
    const metrics = await (await ask('/metrics')).response.text()
    const count = new RegExp(`"${camera}",stage="expert",reason="refresh"\\} (\\d+)`).exec(metrics)
    return Number(count?.[1])
  }
  for (let i = 0; i < 100 && !((await refreshes('often')) >= 3); i++) await sleep(100)
  t.ok((await refreshes('often')) >= 3)
  t.equal(await refreshes('seldom'), 1)

  await t.rejects(
    startService(parseConfig({ cameras, cascade: cascade('wrong') }, {}, 'test'), log),
    {
      code: 'CONFIG_INVALID',
      message: `${folder}/wrong/often.yaml: refreshSeconds: expected at least 1, found 0`,
    },
  )
})
