import t from 'tap'
import { createLatestResults } from '../../src/outputs/latest.js'
import { resultFixture } from '../fixtures/result.js'

const never = new AbortController().signal

t.test('the newest result of each camera is kept', async t => {
  const latest = createLatestResults()
  t.equal(latest.latest('porch'), undefined)
  latest.publish(resultFixture())
  const second = resultFixture({ detections: [] })
  latest.publish(second)
  t.equal(latest.latest('porch'), second)
  t.equal(latest.latest('yard'), undefined)
})

t.test('everybody who waits gets the next result of the camera', async t => {
  const latest = createLatestResults()
  const waiting = [latest.next('porch', 5000, never), latest.next('porch', 5000, never)]
  latest.publish(resultFixture({ camera: 'yard' }))
  const result = resultFixture()
  latest.publish(result)
  t.same(await Promise.all(waiting), [result, result])
})

t.test('who waits in vain gets the newest there is', async t => {
  const latest = createLatestResults()
  t.equal(await latest.next('porch', 10, never), undefined)
  const result = resultFixture()
  latest.publish(result)
  t.equal(await latest.next('porch', 10, never), result)
})

t.test('waiting ends when the client goes, has gone, or the service stops', async t => {
  const latest = createLatestResults()
  const client = new AbortController()
  const waiting = latest.next('porch', 60_000, client.signal)
  client.abort()
  t.equal(await waiting, undefined)
  t.equal(await latest.next('porch', 60_000, client.signal), undefined)
  const stopped = latest.next('porch', 60_000, never)
  await latest.close()
  t.equal(await stopped, undefined)
})
