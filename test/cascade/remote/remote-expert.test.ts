import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createRemoteExpert, type RemoteSetup } from '../../../src/cascade/remote/remote-expert.js'
import type { RemoteStatus } from '../../../src/cascade/remote/status.js'
import { openDetector } from '../../../src/cascade/session.js'
import { findModel, readModel } from '../../../src/cascade/zoo.js'
import { createImageCodec } from '../../../src/frame/image.js'
import { until } from '../../fixtures/camera.js'
import { type Mode, models, startInferenceServer } from '../../fixtures/inference-server.js'
import { photo } from '../../fixtures/photos.js'

const model = await findModel(models, 'expert')
const { width, height } = model.input
const placed = { left: 0, top: 0, width, height }
const grey = new Uint8Array(3 * width * height).fill(127)

/** An expert on a server that is there, or not, and all that it has told. */
function connect(t: Test, url: string, changes: Partial<RemoteSetup> = {}) {
  const told: RemoteStatus[] = []
  const setup = { url, name: 'shared', timeoutMs: 1500, model, ...changes }
  const expert = createRemoteExpert(setup, status => told.push(status), [50, 100])
  t.teardown(() => expert.close())
  const look = (rgb: Uint8Array = grey) => expert.run(rgb, placed, 0, answer => answer)
  const now = () => told.at(-1)!
  const isAsked = () => until(() => now().state === 'closed', 'agreement')
  return { expert, look, told, now, isAsked }
}

t.test('it sees what the same network sees here, to the last bit', async t => {
  const server = await startInferenceServer(t)
  const { expert, look, now, isAsked } = connect(t, server.url, { version: '1', token: 'open' })
  t.notOk(expert.admits(), 'nothing is asked before the server has shown what it is')
  await isAsked()
  t.ok(expert.admits())
  const here = await openDetector(model, await readModel(model), 1)
  t.teardown(here.close)
  const codec = createImageCodec()
  for (const number of [1, 2, 6]) {
    const rgb = await codec.decode(photo(number), width, height)
    const [there, expected] = [await look(rgb), await here.run(rgb, placed, 0)]
    t.same(there, expected)
  }
  t.match(now(), {
    url: `${server.url}/`,
    model: 'shared',
    state: 'closed',
    error: null,
    requests: 3,
    failures: { timeout: 0, unreachable: 0, refused: 0, invalid: 0 },
    fallbacks: 1,
  })
  const asked = await server.asked()
  t.match(asked, { ready: 1, describe: 1, infer: 5, authorization: 'Bearer open' })
  t.ok(asked.bytes - grey.length < 300, 'a picture and little more')
  await server.behave('json')
  t.same(await look(), await here.run(grey, placed, 0), 'numbers written as JSON are the same')
})

const FAILURES: readonly (readonly [Mode, keyof RemoteStatus['failures'], RegExp])[] = [
  ['silent', 'timeout', /expected an answer within 400 ms, found none/],
  ['slow-800', 'timeout', /within 400 ms/],
  ['status-500', 'refused', /inference: expected status 200, found 500 .*out of memory/],
  ['status-429', 'refused', /found 429/],
  ['redirect', 'refused', /found 307/],
  ['other-output', 'invalid', /decoder rows: expected the outputs \[1,n,6\]/],
  ['truncated', 'invalid', /bytes where/],
  ['broken-off', 'unreachable', /aborted/],
  ['endless', 'invalid', /at most \d+ bytes/],
]

t.test('each way to fail is told apart, and after three it is left alone', async t => {
  const server = await startInferenceServer(t)
  for (const [mode, reason, message] of FAILURES) {
    await server.behave('well')
    const { expert, look, now, isAsked } = connect(t, server.url, { timeoutMs: 400 })
    await isAsked()
    await server.behave(mode)
    const begun = Number(process.hrtime.bigint()) / 1e6
    for (let i = 0; i < 3; i++) t.equal(await look(), undefined)
    t.ok(Number(process.hrtime.bigint()) / 1e6 - begun < 2400, `${mode}: in time`)
    t.match(now(), { state: 'open', failures: { [reason]: 3 }, fallbacks: 3, error: { message } })
    t.notOk(expert.admits())
    t.equal(now().fallbacks, 4)
    expert.close()
  }
})

t.test('a server that was down is asked again once it is back', async t => {
  const server = await startInferenceServer(t)
  const { expert, look, now, told, isAsked } = connect(t, server.url)
  await isAsked()
  await server.stop()
  while (expert.admits()) t.equal(await look(), undefined)
  t.match(now(), { state: 'open', failures: { unreachable: 3 }, error: { code: 'REMOTE_FAILED' } })
  // one that cannot be reached is tried again and again, but ever more seldom
  for (let i = 0; i < 30; i++) {
    t.notOk(expert.admits())
    await sleep(10)
  }
  const trials = told.filter(
    ({ state }, i) => state === 'half-open' && told[i - 1]?.state === 'open',
  )
  t.ok(trials.length >= 2 && trials.length <= 5, `${trials.length} trials in 300 ms`)
  await startInferenceServer(t, 'shared', server.port)
  await until(() => expert.admits(), 'its return')
  t.ok(await look())
  t.equal(now().error, null)
})

t.test('a server that restarts between two pictures costs none', async t => {
  const server = await startInferenceServer(t)
  const { look, now, isAsked } = connect(t, server.url)
  await isAsked()
  t.ok(await look())
  await server.stop()
  await startInferenceServer(t, 'shared', server.port)
  t.ok(await look())
  t.match(now(), { requests: 2, fallbacks: 0 })
})

t.test('a server that cannot be what is wanted is told clearly, and not asked', async t => {
  const server = await startInferenceServer(t)
  for (const [mode, changes, error] of [
    ['unready', {}, { code: 'REMOTE_FAILED', message: /^server: expected status 200, found 503/ }],
    [
      'well',
      { name: 'gone' },
      { code: 'REMOTE_FAILED', message: /^model metadata: .* 404 .*gone/ },
    ],
    ['other-input', {}, { code: 'MODEL_INVALID', message: /one input UINT8 .*\[1,64,64,3\]/ }],
    ['other-output', {}, { code: 'MODEL_INVALID', message: /decoder rows/ }],
    ['slow-200', { timeoutMs: 100 }, { code: 'REMOTE_FAILED', message: /within 100 ms/ }],
  ] as const) {
    await server.behave(mode)
    const { expert, now } = connect(t, server.url, changes)
    await until(() => now().state === 'open', 'the trial')
    t.match(now(), { error, requests: 0, failures: { timeout: 0, refused: 0, invalid: 0 } })
    t.notOk(expert.admits())
    expert.close()
  }
})

t.test('the picture may be overwritten as soon as it was handed over', async t => {
  const server = await startInferenceServer(t)
  const { expert, isAsked } = connect(t, server.url)
  await isAsked()
  const rgb = await createImageCodec().decode(photo(1), width, height)
  const expected = (await expert.run(rgb, placed, 0, answer => answer))!.slice()
  const rows = await expert.run(rgb, placed, 0, async answer => {
    rgb.fill(0)
    return answer
  })
  t.same(rows, expected)
})

t.test('nothing is told once it is closed, though a trial was under way', async t => {
  const server = await startInferenceServer(t)
  await server.behave('silent')
  const { expert, told } = connect(t, server.url)
  await sleep(100)
  const before = told.length
  expert.close()
  await sleep(50)
  t.equal(told.length, before)
})
