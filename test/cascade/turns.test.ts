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
