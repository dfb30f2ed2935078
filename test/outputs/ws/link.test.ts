import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createLink } from '../../../src/outputs/ws/link.js'

/** A link over a socket whose pings the test answers. */
function start() {
  const sent: (string | Uint8Array)[] = []
  const pings: Uint8Array[] = []
  const socket = {
    buffered: 0,
    send: (data: string | Uint8Array) => sent.push(data),
    ping: (payload: Uint8Array) => pings.push(payload),
    bufferedAmount: () => socket.buffered,
    close() {},
  }
  let freed = 0
  const link = createLink(socket, () => freed++)
  const frame = (bytes: number) => {
    link.reserve()
    return link.sendFrame(new Uint8Array(bytes))
  }
  const answer = () => link.pong(pings.at(-1)!)
  return { answer, frame, freed: () => freed, link, pings, sent, socket }
}

t.test('until the first frame has arrived, none follows it', async t => {
  const { answer, frame, freed, link, pings } = start()
  t.ok(link.free())
  t.equal(link.wireMs(1000), 0)
  link.reserve()
  t.notOk(link.free(), 'one is being made')
  link.giveUp()
  t.ok(link.free())
  frame(1000)
  t.equal(pings.length, 1)
  t.notOk(link.free())
  answer()
  t.equal(freed(), 1)
  t.ok(link.free())
})

t.test('on a quick line frames follow each other, on a slow one they wait', async t => {
  const { answer, frame, link } = start()
  frame(100_000)
  answer()
  t.ok(link.wireMs(100_000) < 10)
  frame(100_000)
  t.ok(link.free(), 'a second one may follow at once')
  await sleep(150)
  answer()
  t.ok(link.wireMs(100_000) > 60 && link.wireMs(100_000) < 160)
  link.reserve()
  t.notOk(link.free(), 'what is being made will be under way soon')
  t.ok(link.sendFrame(new Uint8Array(100_000)))
  t.notOk(link.free())
})

t.test('the way of an empty message does not count as slowness', async t => {
  const { answer, frame, link } = start()
  link.send('hello')
  await sleep(100)
  answer()
  frame(100_000)
  await sleep(100)
  answer()
  t.ok(link.wireMs(100_000) < 60)
})

t.test('one answer may stand for several, and answers to others say nothing', async t => {
  const { answer, frame, freed, link, pings } = start()
  frame(100)
  answer()
  frame(100)
  frame(100)
  link.pong(new Uint8Array())
  t.equal(freed(), 1)
  link.pong(pings[1]!)
  t.equal(freed(), 2)
  answer()
  answer()
  t.ok(link.free())
})

t.test(
  'while the line is behind, what would come late is left out, and the rest is sent',
  async t => {
    const { answer, link, pings, sent } = start()
    t.ok(link.sendFresh('first'))
    t.equal(pings.length, 1, 'whether it arrives is asked')
    t.ok(link.sendFresh('second'))
    t.equal(pings.length, 1, 'but not at every word')
    await sleep(550)
    t.notOk(link.sendFresh('third'))
    t.ok(link.send('an answer'))
    t.same(sent, ['first', 'second', 'an answer'])
    t.equal(link.dropped(), 1)
    answer()
    t.ok(link.sendFresh('fourth'))
  },
)

t.test('a socket that is full gets nothing', async t => {
  const { frame, link, sent, socket } = start()
  socket.buffered = 2 << 20
  t.notOk(link.free())
  t.notOk(link.send('x'))
  t.notOk(frame(100))
  t.equal(link.dropped(), 2)
  t.same(sent, [])
  socket.buffered = 0
  t.ok(link.free())
})
