import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { openEngine } from '../../src/cascade/engine.js'
import type { RemoteStatus } from '../../src/cascade/remote/status.js'
import { findModel } from '../../src/cascade/zoo.js'
import { createImageCodec } from '../../src/frame/image.js'
import { until } from '../fixtures/camera.js'
import { models, startInferenceServer } from '../fixtures/inference-server.js'
import { modelFixture } from '../fixtures/model.js'
import { photo } from '../fixtures/photos.js'

const codec = createImageCodec()
const scout = await findModel(models, 'scout')
const expert = await findModel(models, 'expert')
const encoded = (number: number) => ({ format: 'encoded', data: photo(number) }) as const

t.test('without a server the expert here looks', async t => {
  const told: RemoteStatus[] = []
  const engine = await openEngine({
    scout,
    expert,
    threads: 1,
    codec,
    away: wait => wait,
    onRemote: status => told.push(status),
  })
  t.teardown(engine.close)
  const picture = await engine.open(encoded(6))
  t.match(await picture.expert(), { at: 'local', thresholds: expert.thresholds })
  t.ok((await picture.scout(0.3)).some(({ label }) => label === 'person'))
  t.same(told, [])
})

t.test('a server with another network is judged by what is known of that one', async t => {
  const server = await startInferenceServer(t)
  const model = { ...expert, thresholds: { low: 0.5, high: 0.9 } }
  const told: RemoteStatus[] = []
  const remote = { url: server.url, name: 'shared', timeoutMs: 3000, model }
  const options = { scout, expert, remote, threads: 1, codec }
  const engine = await openEngine({
    ...options,
    away: wait => wait,
    onRemote: status => told.push(status),
  })
  const picture = await engine.open(encoded(6))
  const here = await picture.expert()
  t.equal(here.at, 'local', 'nobody waits for its first trial')
  await until(() => told.at(-1)?.state === 'closed', 'agreement')
  const there = await picture.expert()
  t.match(there, { at: 'remote', thresholds: { low: 0.5 } })
  const surest = here.detections.filter(({ score }) => score >= 0.5)
  t.ok(surest.length > 0 && surest.length < here.detections.length)
  t.same(there.detections, surest, 'the same network, down to another threshold')
  // what is under way ends with the engine
  await server.behave('silent')
  const waiting = picture.expert()
  await sleep(50)
  const before = Number(process.hrtime.bigint()) / 1e6
  const closing = engine.close()
  await waiting.catch(() => undefined)
  await closing
  t.ok(Number(process.hrtime.bigint()) / 1e6 - before < 2000)
})

t.test('a model that cannot be loaded stops the start', async t => {
  const gone = modelFixture({ path: '/nowhere/paper.onnx' })
  const options = { scout: gone, expert, threads: 1, codec }
  await t.rejects(openEngine({ ...options, away: wait => wait, onRemote() {} }), {
    code: 'MODEL_MISSING',
  })
})
