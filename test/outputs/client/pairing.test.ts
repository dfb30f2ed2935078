import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createPairing } from '../../../src/outputs/client/pairing.js'
import { resultFixture } from '../../fixtures/result.js'

const resultOf = (id: number) => {
  const { frame } = resultFixture()
  return resultFixture({ frame: { ...frame, id } })
}

t.test('a result is found whether it comes before its frame or after it', async t => {
  const pairing = createPairing()
  pairing.put(resultOf(1))
  t.equal((await pairing.resultOf(1, 0))?.frame.id, 1)
  const waiting = pairing.resultOf(2, 5000)
  pairing.put(resultOf(2))
  t.equal((await waiting)?.frame.id, 2)
})

t.test('a frame without one is not waited for once a later one has come', async t => {
  const pairing = createPairing()
  const waiting = pairing.resultOf(3, 60_000)
  pairing.put(resultOf(2))
  pairing.put(resultOf(4))
  t.equal(await waiting, null)
  t.equal(await pairing.resultOf(3, 60_000), null)
})

t.test('nor for longer than was said', async t => {
  const pairing = createPairing()
  const from = performance.now()
  t.equal(await pairing.resultOf(1, 50), null)
  t.ok(performance.now() - from < 1000)
})

t.test('only the newest results are kept, and none of a service before its restart', async t => {
  const pairing = createPairing()
  for (let id = 1; id <= 100; id++) pairing.put(resultOf(id))
  t.equal(await pairing.resultOf(50, 0), null)
  t.equal((await pairing.resultOf(90, 0))?.frame.id, 90)
  pairing.put(resultOf(1))
  const waiting = pairing.resultOf(90, 20)
  await sleep(1)
  t.equal(await waiting, null)
})
