import { Hono } from 'hono'
import t from 'tap'
import { addressOf, createPeerMemory, limitRate } from '../../../src/outputs/http/peers.js'
import { problem } from '../../../src/outputs/http/problem.js'

t.test('an IPv4 address is the same peer however the socket writes it', t => {
  t.equal(addressOf({ remoteAddress: '::ffff:10.0.0.7' }), '10.0.0.7')
  t.equal(addressOf({ remoteAddress: '::FFFF:10.0.0.7' }), '10.0.0.7')
  t.equal(addressOf({ remoteAddress: '10.0.0.7' }), '10.0.0.7')
  t.equal(addressOf({ remoteAddress: 'fd00::ffff:a00:7' }), 'fd00::ffff:a00:7')
  t.equal(addressOf({}), 'gone')
  t.end()
})

t.test('memory of peers is bounded, and forgets who was heard of longest ago', t => {
  const memory = createPeerMemory<number>(3)
  for (const [index, peer] of ['a', 'b', 'c', 'a', 'd'].entries()) memory.set(peer, index)
  t.same(
    ['a', 'b', 'c', 'd'].map(peer => memory.get(peer)),
    [3, undefined, 2, 4],
  )
  t.end()
})

function limited() {
  let at = 0
  const app = new Hono()
  app.onError((error, context) => problem(context, error))
  app.use(limitRate({ perSecond: 10, burst: 20, now: () => at }))
  app.get('/', context => context.text('well'))
  return {
    wait: (ms: number) => (at += ms),
    ask: (from?: string, headers: Record<string, string> = {}) =>
      app.request(
        '/',
        { headers },
        from === undefined ? undefined : { incoming: { socket: { remoteAddress: from } } },
      ),
  }
}

t.test('a peer that asks too often is refused until it has calmed, and nobody else is', async t => {
  const { ask, wait } = limited()
  for (let i = 0; i < 20; i++) t.equal((await ask('10.0.0.2')).status, 200)
  const refused = await ask('::ffff:10.0.0.2')
  t.equal(refused.status, 429)
  t.equal(refused.headers.get('retry-after'), '1')
  t.match(await refused.json(), {
    code: 'TOO_MANY_REQUESTS',
    detail: 'requests: expected at most 10 per second, found more; try again in 1 s',
  })
  t.equal((await ask('10.0.0.3')).status, 200)
  wait(1000)
  for (let i = 0; i < 10; i++) t.equal((await ask('10.0.0.2')).status, 200)
  t.equal((await ask('10.0.0.2')).status, 429)
  wait(3_600_000)
  for (let i = 0; i < 20; i++) t.equal((await ask('10.0.0.2')).status, 200)
  t.equal((await ask('10.0.0.2')).status, 429, 'an hour of rest saves up no more than one burst')
})

t.test('headers make nobody another peer', async t => {
  const { ask } = limited()
  const statuses = []
  for (let i = 0; i < 21; i++) {
    const other = `10.1.1.${i}`
    const headers = { 'X-Forwarded-For': other, 'X-Real-IP': other, Forwarded: `for=${other}` }
    statuses.push((await ask('10.0.0.2', headers)).status)
  }
  t.same(statuses, [...Array.from({ length: 20 }, () => 200), 429])
})

t.test('what this process asks itself is not limited', async t => {
  const { ask } = limited()
  for (let i = 0; i < 40; i++) t.equal((await ask()).status, 200)
})
