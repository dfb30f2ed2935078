import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createTurns } from '../../src/cascade/turns.js'

/** Work that notes when it begins and ends. */
function diary() {
  const notes: string[] = []
  const work =
    (name: string, ms = 1) =>
    async () => {
      notes.push(`${name} begins`)
      await sleep(ms)
      notes.push(`${name} ends`)
      return name
    }
  return { notes, work }
}

t.test('one thing at a time, in order of arrival', async t => {
  const { next } = createTurns()
  const { notes, work } = diary()
  t.same(await Promise.all([next(work('a', 5)), next(work('b'))]), ['a', 'b'])
  t.same(notes, ['a begins', 'a ends', 'b begins', 'b ends'])
  t.equal(await next(work('c')), 'c', 'and again after a pause')
})

t.test('idle work waits until nothing else is to be done', async t => {
  const { next, idle } = createTurns()
  const { notes, work } = diary()
  const first = next(work('first'))
  await Promise.all([idle(work('idle')), next(work('second')), first])
  t.same(
    notes.filter(note => note.endsWith('begins')),
    ['first begins', 'second begins', 'idle begins'],
  )
})

t.test(
  'what arrives as a message between two pieces of idle work comes before the second',
  async t => {
    const { next, idle } = createTurns()
    const { notes, work } = diary()
    const patient = [idle(work('idle 1')), idle(work('idle 2'))]
    // as a message would: after the first piece has ended, before anything else was asked for
    void patient[0]!.then(() => setImmediate(() => patient.push(next(work('urgent')))))
    await Promise.all(patient)
    await sleep(5)
    await Promise.all(patient)
    t.same(
      notes.filter(note => note.endsWith('begins')),
      ['idle 1 begins', 'urgent begins', 'idle 2 begins'],
    )
  },
)

t.test('work that fails fails alone', async t => {
  const { next } = createTurns()
  const failing = next(async () => {
    throw new Error('torn')
  })
  const following = next(async () => 'fine')
  await t.rejects(failing, { message: 'torn' })
  t.equal(await following, 'fine')
})

t.test('who waits for something far away lets others go on, and then goes on first', async t => {
  const { next, idle, away } = createTurns()
  const { notes, work } = diary()
  const far = async () => {
    await work('far')()
    t.equal(await away(sleep(20, 'news')), 'news')
    return work('far again')()
  }
  const travelling = next(far)
  const others = [next(work('a', 15)), next(work('b', 15)), next(work('c')), idle(work('idle'))]
  await Promise.all([travelling, ...others])
  t.same(
    notes.filter(note => note.endsWith('begins')).map(note => note.replace(' begins', '')),
    ['far', 'a', 'b', 'far again', 'c', 'idle'],
  )
  const ends = notes.map(note => note.split(' ').at(-1))
  t.same(ends, Array(6).fill(['begins', 'ends']).flat(), 'still one thing at a time')
})

t.test('many may be away at once, and come back in the order in which they can', async t => {
  const { next, away } = createTurns()
  const { notes, work } = diary()
  const journey = (name: string, ms: number) =>
    next(async () => {
      await away(sleep(ms))
      return work(name)()
    })
  await Promise.all([journey('long', 40), journey('short', 10), next(work('home'))])
  t.same(
    notes.filter(note => note.endsWith('begins')),
    ['home begins', 'short begins', 'long begins'],
  )
})

t.test('what fails far away fails in its own turn', async t => {
  const { next, away } = createTurns()
  const { notes, work } = diary()
  const failing = next(async () => {
    try {
      await away(Promise.reject(new Error('no answer')))
    } catch (error) {
      await work('instead')()
      throw error
    }
  })
  const following = next(work('next', 5))
  await t.rejects(failing, { message: 'no answer' })
  await following
  t.equal(notes.length, 4)
  t.notMatch(notes.join(), /begins,\w+ begins/, 'not at the same time')
})

t.test('outside of a turn there is none to give up', async t => {
  const { away, next } = createTurns()
  t.equal(await away(Promise.resolve(7)), 7)
  t.equal(await next(async () => 8), 8)
})
