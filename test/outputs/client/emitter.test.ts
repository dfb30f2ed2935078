import { once } from 'node:events'
import t from 'tap'
import { createEmitter } from '../../../src/outputs/client/emitter.js'

interface Events {
  number: number
  word: string
}

t.test('listeners hear what they listen to, until they are taken away', async t => {
  const emitter = createEmitter<Events>()
  const heard: unknown[] = []
  const off = emitter.on('number', value => heard.push(value))
  emitter.on('word', value => heard.push(value))
  t.ok(emitter.emit('number', 1))
  t.ok(emitter.emit('word', 'a'))
  off()
  off()
  t.notOk(emitter.emit('number', 2), 'nobody listens')
  emitter.clear()
  t.notOk(emitter.emit('word', 'b'))
  t.same(heard, [1, 'a'])
})

t.test('a listener that throws disturbs no other, and its fault is told', async t => {
  const emitter = createEmitter<Events>()
  let heard = 0
  emitter.on('number', () => {
    throw new Error('my own fault')
  })
  emitter.on('number', value => {
    heard += value
  })
  // tap's own would fail the test
  const others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  const told = once(process, 'uncaughtException')
  t.ok(emitter.emit('number', 3))
  const [error] = await told
  for (const listener of others) process.on('uncaughtException', listener)
  t.equal(error.message, 'my own fault')
  t.equal(heard, 3)
})
