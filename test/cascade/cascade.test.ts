import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { WorkerOptions } from 'node:worker_threads'
import t, { type Test } from 'tap'
import { startCascade } from '../../src/cascade/cascade.js'
import { cascadeSchema } from '../../src/cascade/config.js'
import { FULL_EFFORT } from '../../src/cascade/effort.js'
import { policySchema } from '../../src/cascade/policy.js'
import type { Frame } from '../../src/frame/frame.js'
import { createImageCodec } from '../../src/frame/image.js'
import { until } from '../fixtures/camera.js'
import { startInferenceServer } from '../fixtures/inference-server.js'
import { modelsCopy, replaceModel } from '../fixtures/models.js'
import { photo } from '../fixtures/photos.js'

const config = cascadeSchema.parse({})

t.test(
  'the inference thread looks at uploads and frames, and converts pictures for others',
  async t => {
    const cascade = await startCascade(config)
    t.teardown(cascade.close)
    t.ok(cascade.models().scout && cascade.models().expert)

    const look = await cascade.detect(photo(6), { depth: 'expert' })
    t.match(look, { width: 1920, height: 1537, exit: { stage: 'expert', reason: 'requested' } })
    t.ok(look.detections.some(({ label }) => label === 'person'))

    const raw = await cascade.unpack(photo(6), 1280)
    t.match(raw, { format: 'yuv420', width: 1280, height: 1024 })
    t.equal(raw.data.length, (1280 * 1024 * 3) / 2)

    const frame: Frame = { camera: 'porch', id: 1, capturedAt: 1, capturedWallMs: 1, picture: raw }
    const first = await cascade.watch(frame, FULL_EFFORT)
    t.match(first, { width: 1280, height: 1024, exit: { stage: 'expert', reason: 'refresh' } })
    t.equal(first.detections[0]!.trackId, 1)
    const same = { ...frame, id: 2, capturedAt: 101 }
    t.match((await cascade.watch(same, FULL_EFFORT)).exit, { stage: 'gate', reason: 'unchanged' })
    const next = {
      ...frame,
      id: 3,
      capturedAt: 201,
      picture: { format: 'jpeg', width: 1920, height: 1537, data: photo(1) },
    } as const
    const another = await cascade.watch(next, FULL_EFFORT)
    t.not(another.exit.reason, 'unchanged', 'another picture is a change')
    t.ok(another.exit.motion > 0.5)

    const audited = await cascade.audit(raw)
    t.ok(audited.detections.some(({ label }) => label === 'person'))
    t.ok(audited.candidates.length >= audited.detections.length)
    t.ok(audited.timingsMs.expert > 0)

    const jpeg = await cascade.encode(raw, 641, 70)
    t.match(await createImageCodec().identify(jpeg), { width: 640, height: 512 })
  },
)

/** A cascade whose expert is elsewhere, and whatever it tells of that. */
async function startRemote(t: Test, url: string, timeoutMs = 3000) {
  const expert = { remote: url, model: 'shared', timeoutMs }
  const news: string[] = []
  const cascade = await startCascade(
    cascadeSchema.parse({ expert }),
    {},
    { onRemote: ({ state, error }) => news.push(`${state} ${error?.code ?? ''}`) },
  )
  t.teardown(cascade.close)
  return { cascade, news }
}

const frameOf = (camera: string, capturedAt: number, picture: Frame['picture']): Frame => {
  return { camera, id: 1, capturedAt, capturedWallMs: 1, picture }
}

t.test("an expert elsewhere says the same, and its failure is nobody's", async t => {
  const server = await startInferenceServer(t)
  const { cascade, news } = await startRemote(t, server.url)
  await until(() => cascade.remote()?.state === 'closed', 'agreement')
  const there = await cascade.detect(photo(6), { depth: 'expert' })
  t.equal(there.exit.expert, 'remote')
  t.ok(there.timingsMs.remote > 0 && there.timingsMs.expert > 0)
  t.match(await cascade.audit(await cascade.unpack(photo(6), 640)), {
    timingsMs: { remote: Number },
  })
  t.match(cascade.remote(), { requests: 2, fallbacks: cascade.remote()!.fallbacks })
  const local = await startCascade(config)
  t.teardown(local.close)
  const here = await local.detect(photo(6), { depth: 'expert' })
  t.match(here, { exit: { expert: 'local' }, timingsMs: { remote: 0 } })
  t.same(there.detections, here.detections)
  t.equal(local.remote(), null)

  await server.behave('status-500')
  for (let i = 0; i < 4; i++) {
    const look = await cascade.detect(photo(6), { depth: 'expert' })
    t.equal(look.exit.expert, 'local')
    t.same(look.detections, here.detections)
    if (i === 3) t.equal(look.timingsMs.remote, 0, 'it is asked no more')
  }
  t.match(cascade.remote(), { state: 'open', failures: { refused: 3 } })
  t.same(news, ['closed ', 'open REMOTE_FAILED'])
})

t.test('a server that is configured no more, or another one, is told of no more', async t => {
  const server = await startInferenceServer(t)
  const { cascade } = await startRemote(t, server.url)
  await until(() => cascade.remote()?.state === 'closed', 'agreement')
  await server.behave('slow-400')
  const late = cascade.detect(photo(6), { depth: 'expert' })
  await sleep(100)
  await cascade.adapt(
    cascadeSchema.parse({ expert: { remote: 'http://127.0.0.1:9', model: 'shared' } }),
  )
  t.match((await late).exit, { expert: 'remote' })
  t.match(cascade.remote(), { url: 'http://127.0.0.1:9', requests: 0 })
  await cascade.adapt(config)
  t.equal(cascade.remote(), null)
})

t.test('a server that is not there does not stop the start', async t => {
  const { cascade, news } = await startRemote(t, 'http://127.0.0.1:9')
  t.match(await cascade.detect(photo(1), { depth: 'expert' }), { exit: { expert: 'local' } })
  await until(() => news.length > 0, 'the news')
  t.same(news, ['open REMOTE_FAILED'])
  t.match(cascade.remote(), { error: { message: /ECONNREFUSED/ } })
})

t.test('who waits for the server keeps nobody else waiting', async t => {
  const server = await startInferenceServer(t)
  const expert = { remote: server.url, model: 'shared', timeoutMs: 3000 }
  const cascade = await startCascade(cascadeSchema.parse({ expert }))
  t.teardown(cascade.close)
  await until(() => cascade.remote()?.state === 'closed', 'agreement')
  const picture = await cascade.unpack(photo(1), 640)
  const watch = (camera: string, capturedAt: number) =>
    cascade.watch(frameOf(camera, capturedAt, picture), FULL_EFFORT)
  t.match((await watch('porch', 0)).exit, { reason: 'refresh', expert: 'remote' })
  // what the first look was not sure of gets a second one
  await watch('yard', 0)
  await watch('yard', 1000)
  await server.behave('slow-400')
  let back = false
  const slow = watch('porch', 20_000).then(look => {
    back = true
    return look
  })
  const others: number[] = []
  for (let at = 1100; at < 2100; at += 100) {
    const begun = Number(process.hrtime.bigint()) / 1e6
    t.match((await watch('yard', at)).exit, { stage: 'gate', expert: null })
    others.push(Number(process.hrtime.bigint()) / 1e6 - begun)
  }
  t.notOk(back, 'ten frames of another camera take less than its wait')
  const median = others.sort((a, b) => a - b)[5]!
  t.ok(median < 100, `${median} ms`)
  const { exit, timingsMs } = await slow
  t.match(exit, { reason: 'refresh', expert: 'remote' })
  t.ok(timingsMs.remote >= 399, `${timingsMs.remote} ms`)
  t.ok(timingsMs.expert < 200, `${timingsMs.expert} ms`)
})

t.test('boxes are drawn into pictures of every kind', async t => {
  const cascade = await startCascade(config)
  t.teardown(cascade.close)
  const { decode } = createImageCodec()
  const raw = await cascade.unpack(photo(6), 320)
  const captions = [{ box: { x: 0.25, y: 0.25, width: 0.5, height: 0.5 }, text: 'person 87 %' }]
  const pictures = {
    raw,
    jpeg: { format: 'jpeg', width: 1920, height: 1537, data: photo(6) },
    file: { format: 'encoded', data: photo(6) },
  } as const
  for (const [kind, picture] of Object.entries(pictures)) {
    const plain = await decode(await cascade.annotate(picture, [], 320, 90), 320, 256)
    const drawn = await decode(await cascade.annotate(picture, captions, 320, 90), 320, 256)
    const changed = (x: number, y: number) =>
      Math.abs(drawn[(y * 320 + x) * 3 + 1]! - plain[(y * 320 + x) * 3 + 1]!)
    t.ok(changed(80, 150) > 60, `${kind}: the left edge`)
    t.ok(changed(160, 130) < 20, `${kind}: the middle is as it was`)
  }
  await t.rejects(cascade.annotate({ format: 'encoded', data: Buffer.from('x') }, [], 320, 90), {
    code: 'PICTURE_UNSUPPORTED',
  })
})

t.test('pictures to draw upon have a line of their own, as long as that of uploads', async t => {
  const cascade = await startCascade(config)
  t.teardown(cascade.close)
  const raw = await cascade.unpack(photo(6), 320)
  const drawings = Array.from({ length: 6 }, () => cascade.annotate(raw, [], 320, 80))
  const upload = cascade.detect(photo(1), { depth: 'scout' })
  const settled = await Promise.allSettled(drawings)
  t.match(settled[5], { status: 'rejected', reason: { code: 'BUSY' } })
  t.equal(settled.filter(({ status }) => status === 'fulfilled').length, 5)
  t.ok(await upload, 'an upload is not refused for them')
})

t.test('what the models know is told', async t => {
  const cascade = await startCascade(config)
  t.teardown(cascade.close)
  const { scout, expert } = cascade.networks()
  t.match(scout, { name: cascade.models().scout, width: 224, height: 160 })
  t.match(expert, { name: cascade.models().expert, width: 448, height: 320 })
  t.ok(expert.labels.includes('person'))
})

t.test('each camera has a scene of its own, and a policy if it was given one', async t => {
  const always = policySchema.parse({ refreshSeconds: 1 })
  const cascade = await startCascade(config, { policies: { porch: always } })
  t.teardown(cascade.close)
  const picture = await cascade.unpack(photo(1), 320)
  const look = async (camera: string, atSeconds: number) => {
    const frame = { camera, id: 1, capturedAt: atSeconds * 1000, capturedWallMs: 0, picture }
    return (await cascade.watch(frame, FULL_EFFORT)).exit.reason
  }
  t.same([await look('porch', 0), await look('yard', 0)], ['refresh', 'refresh'])
  // what the first look was not sure of gets a second one
  await look('yard', 1)
  t.same([await look('porch', 1.5), await look('yard', 1.5)], ['refresh', 'unchanged'])
})

t.test('models, policies and masks change while it looks, and no object is forgotten', async t => {
  const cascade = await startCascade(config)
  t.teardown(cascade.close)
  const picture = await cascade.unpack(photo(6), 960)
  let seconds = 0
  const look = async (camera = 'porch') => {
    const frame = { camera, id: 1, capturedAt: seconds++ * 100, capturedWallMs: 0, picture }
    const { detections, exit } = await cascade.watch(frame, FULL_EFFORT)
    const tracks = new Set(detections.map(({ trackId }) => trackId))
    return { tracks, labels: detections.map(({ label }) => label), reason: exit.reason }
  }
  const before = await look()
  t.ok(before.labels.includes('person'))

  await cascade.adapt(cascadeSchema.parse({ expert: 'expert-ghostnet' }))
  t.match(cascade.models(), { expert: 'expert-ghostnet' })
  const after = await look()
  t.equal(after.reason, 'refresh', 'who looks now sees for itself')
  t.ok([...after.tracks].some(track => before.tracks.has(track)))

  const all: [number, number][] = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ]
  await cascade.adapt(config, { masks: { porch: [all] } })
  await cascade.forget('porch')
  t.same((await look()).labels, [], 'nobody looks there')
  t.ok((await look('yard')).labels.includes('person'))

  await cascade.adapt(config)
  t.ok(
    (await look()).labels.includes('person'),
    'the networks stay, and nothing is hidden from them',
  )

  await cascade.adaptOwn({ masks: { porch: [all] } })
  await cascade.forget('porch')
  t.same((await look()).labels, [], 'the same as by a whole configuration')
  t.match(cascade.models(), { expert: 'expert-mobilenetv3' })
})

t.test('changes that are asked for at once hold all, in their order', async t => {
  const cascade = await startCascade(config)
  t.teardown(cascade.close)
  const all: [number, number][] = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ]
  await Promise.all([
    cascade.adapt(cascadeSchema.parse({ expert: 'expert-ghostnet' })),
    cascade.adaptOwn({ masks: { porch: [all] } }),
  ])
  t.match(cascade.models(), { expert: 'expert-ghostnet' })
  const picture = await cascade.unpack(photo(6), 960)
  const frame = { camera: 'porch', id: 1, capturedAt: 0, capturedWallMs: 0, picture }
  t.same((await cascade.watch(frame, FULL_EFFORT)).detections, [], 'nobody looks there')
})

t.test('a change that cannot be made leaves all as it was', async t => {
  const folder = modelsCopy(t)
  const models = cascadeSchema.parse({ models: folder })
  const cascade = await startCascade(models)
  t.teardown(cascade.close)
  const known = cascade.models()
  replaceModel(folder, 'scout', readFileSync(join(folder, 'scout-person.int8.onnx')))
  const expert = readFileSync(join(folder, 'expert-mobilenetv3.int8.onnx'))
  const garbled = Buffer.from(expert).fill(0x5a, 100, 4000)
  for (const bytes of [
    Buffer.from('no network'),
    expert.subarray(0, expert.length >> 1),
    garbled,
  ]) {
    replaceModel(folder, 'expert', bytes)
    await t.rejects(cascade.adapt(models), { code: 'MODEL_INVALID' })
  }
  appendFileSync(join(folder, 'expert-mobilenetv3.int8.onnx'), 'x')
  await t.rejects(cascade.adapt(models), { code: 'MODEL_HASH' })
  await t.rejects(cascade.adapt(cascadeSchema.parse({ scout: 'gone' })), { code: 'MODEL_MISSING' })
  t.same(cascade.models(), known)
  t.match(await cascade.detect(photo(6), { depth: 'expert' }), { exit: { stage: 'expert' } })
  await Promise.all([
    cascade.adapt(cascadeSchema.parse({ threads: 2 })),
    cascade.adapt(cascadeSchema.parse({ scout: 'scout-person' })),
  ])
  t.match(cascade.models(), { scout: 'scout-person' })
})

t.test('what cannot be looked at is refused by its code, and the thread goes on', async t => {
  const cascade = await startCascade(config)
  t.teardown(cascade.close)
  await t.rejects(cascade.detect(Buffer.from('not a picture'), { depth: 'auto' }), {
    code: 'PICTURE_UNSUPPORTED',
  })
  await t.rejects(cascade.detect(photo(2).subarray(0, 70_000), { depth: 'auto', minScore: 0.1 }), {
    code: 'PICTURE_BROKEN',
  })
  t.ok(await cascade.detect(photo(2), { depth: 'scout' }))
})

t.test('the sixth upload at once is refused and counted', async t => {
  const cascade = await startCascade(config)
  t.teardown(cascade.close)
  const uploads = Array.from({ length: 6 }, () => cascade.detect(photo(1), { depth: 'scout' }))
  t.equal(cascade.queue().waiting, 5)
  const settled = await Promise.allSettled(uploads)
  t.same(
    settled.map(({ status }) => status),
    [...Array(5).fill('fulfilled'), 'rejected'],
  )
  t.match(settled[5], { reason: { code: 'BUSY' } })
  t.same(cascade.queue(), { waiting: 0, refused: 1 })
})

t.test('closing lets work in hand finish, refuses more, and may be asked twice', async t => {
  const cascade = await startCascade(config)
  const inHand = cascade.detect(photo(1), { depth: 'expert' })
  const closing = Promise.all([cascade.close(), cascade.close()])
  await t.rejects(cascade.detect(photo(1), { depth: 'scout' }), { code: 'CLOSED' })
  t.match(await inHand, { exit: { stage: 'expert' } })
  await closing
})

t.test('a model that was changed, is no network, or is missing stops the start', async t => {
  const folder = modelsCopy(t)
  const models = cascadeSchema.parse({ models: folder })
  const scout = readdirSync(folder).find(
    name => name.startsWith('scout') && name.endsWith('.onnx'),
  )!
  appendFileSync(join(folder, scout), 'x')
  await t.rejects(startCascade(models), { code: 'MODEL_HASH' })
  replaceModel(folder, 'scout', Buffer.from('no network'))
  await t.rejects(startCascade(models), { code: 'MODEL_INVALID' })
  await t.rejects(startCascade(cascadeSchema.parse({ scout: 'gone' })), { code: 'MODEL_MISSING' })
})

t.test("a command line of 600 file names does not overflow the thread's stack", async t => {
  const argv = process.argv
  t.teardown(() => {
    process.argv = argv
  })
  // what the thread reads is /proc/self/cmdline, which a test cannot change: test/cli/detect.test.ts runs the real thing
  process.argv = [...argv, 'x'.repeat(100_000)]
  const cascade = await startCascade(config)
  await cascade.close()
})

t.test('work in hand is refused, and the service told, when the thread dies', async t => {
  const threads = await import('node:worker_threads')
  class DyingWorker extends threads.Worker {
    constructor(_: URL, options: WorkerOptions) {
      super(new URL('../fixtures/dying-worker.js', import.meta.url), options)
    }
  }
  const { startCascade } = await t.mockImport<typeof import('../../src/cascade/cascade.js')>(
    import.meta.resolve('../../src/cascade/cascade.js'),
    { 'node:worker_threads': { ...threads, Worker: DyingWorker } },
  )
  const cascade = await startCascade(config)
  await t.rejects(cascade.detect(photo(1), { depth: 'auto' }), { code: 'INFERENCE_FAILED' })
  await t.rejects(cascade.failed, {
    code: 'INFERENCE_FAILED',
    message: 'the inference thread has ended',
  })
  // whoever asks now is not kept waiting for an answer that nobody gives
  await t.rejects(cascade.detect(photo(1), { depth: 'auto' }), { code: 'INFERENCE_FAILED' })
  await cascade.close()
})

t.test('networks are kept as they were rewritten; where they cannot be, that is told', async t => {
  const cache = join(t.testdir({ file: 'no folder' }), 'networks')
  const uncached: string[] = []
  const start = async (cache: string) => {
    const cascade = await startCascade(
      cascadeSchema.parse({ cache }),
      {},
      { onHandicap: (what, { message }) => uncached.push(`${what}: ${message}`) },
    )
    const { detections } = await cascade.detect(photo(6), { depth: 'expert' })
    await cascade.close()
    return detections
  }
  const first = await start(cache)
  t.same(uncached, [])
  const kept = readdirSync(cache)
  t.equal(kept.length, 2)
  t.same(await start(cache), first)
  t.same(readdirSync(cache), kept)
  t.same(await start(join(cache, '../file/networks')), first)
  t.match(uncached, [/^the next start is no shorter.*ENOTDIR/, /ENOTDIR/])
})
