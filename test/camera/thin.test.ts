import t from 'tap'
import { type ThinnerOptions, thinner } from '../../src/camera/thin.js'
import type { FlvTag } from '../../src/frame/flv.js'
import { unit } from '../fixtures/flv.js'

/** A thinner whose decoder writes down what it is told: `renew`, `5`, `(5)` if not shown, `flush 5`. */
function thin(more: Partial<ThinnerOptions> = {}) {
  const told: string[] = []
  const losses: string[] = []
  const state = { waiting: 0 }
  const name = ({ data }: FlvTag) => `${data.readUIntBE(4, 3)}`
  const thin = thinner({
    decoder: {
      renew: () => told.push('renew'),
      decode: (tag, shown) => told.push(shown ? name(tag) : `(${name(tag)})`),
      flush: tag => told.push(`flush ${name(tag)}`),
      get waiting() {
        return state.waiting
      },
    },
    due: () => true,
    lost: reason => losses.push(reason),
    quiet: false,
    ...more,
  })
  /** Pushes units that are numbered in order, `K` for a key frame; gives what the decoder was told for them. */
  let time = 0
  const push = (kinds: string) => {
    told.length = 0
    for (const kind of kinds) {
      time += 1
      thin.push(unit(kind === 'K' ? 'key' : 'between', { time }))
    }
    return told.join(' ')
  }
  const rest = (quiet: boolean) => {
    told.length = 0
    thin.rest(quiet)
    return told.join(' ')
  }
  return { thin, push, rest, state, losses }
}

t.test('everything is decoded unless the scene is quiet', async t => {
  const { thin: units, push, rest, losses } = thin()
  t.equal(push('K--K--'), 'renew 1 2 3 4 5 6')
  t.equal(units.resting, false)
  t.equal(rest(false), '')
  t.same(losses, [])
})

t.test('a stream without key frames is decoded from where it begins', async t => {
  const { push } = thin()
  t.equal(push('---'), 'renew 1 2 3')
})

t.test(
  'while the scene is quiet only key frames are decoded, at once, by a new decoder',
  async t => {
    const { thin: units, push, rest, losses } = thin()
    push('K--')
    t.equal(rest(true), '')
    t.equal(units.resting, true)
    t.equal(push('--'), '')
    t.equal(push('K--'), 'renew 6 flush 6')
    t.equal(push('K--K'), '9 flush 9 12 flush 12')
    t.equal(rest(true), '')
    t.same(losses, [])
  },
)

t.test('a scene that was quiet from the start needs no second decoder', async t => {
  const { thin: units, push } = thin({ quiet: true })
  t.equal(push('K-'), 'renew 1 flush 1')
  t.equal(units.resting, true)
})

t.test('after a rest what was left out is decoded, and the last of it shown', async t => {
  const { thin: units, push, rest } = thin({ quiet: true })
  push('K--K---')
  t.equal(rest(false), '(5) (6) 7')
  t.equal(units.resting, false)
  t.equal(push('-K-'), '8 9 10')
})

t.test('a rest that ends at once, or before the next key frame, misses nothing', async t => {
  const { push, rest } = thin()
  push('K-')
  rest(true)
  t.equal(rest(false), '')
  rest(true)
  push('--')
  t.equal(rest(false), '(3) 4')
  t.equal(push('-K'), '5 6')
})

t.test('each rest begins with a new decoder', async t => {
  const { push, rest } = thin({ quiet: true })
  push('K-')
  rest(false)
  push('-')
  rest(true)
  t.equal(push('-K-K'), 'renew 5 flush 5 7 flush 7')
  rest(false)
  t.equal(push('K'), '8')
  rest(true)
  t.equal(push('K'), 'renew 9 flush 9')
})

t.test('where key frames come too seldom the rest is over until the next one', async t => {
  const many = thin({ quiet: true })
  t.equal(many.push(`K${'-'.repeat(512)}`), 'renew 1 flush 1')
  t.equal(many.thin.resting, true)
  t.match(many.push('--'), /^\(2\) \(3\) .* \(513\) 514 515$/)
  t.equal(many.thin.resting, false)
  t.equal(many.push('K-'), 'renew 516 flush 516')
  const large = thin({ quiet: true })
  large.push('K')
  for (let count = 0; count < 3; count += 1) large.thin.push(unit('between', { size: 6 << 20 }))
  t.equal(large.thin.resting, false)
})

t.test('pictures over the rate are decoded but not shown', async t => {
  let count = 0
  const { push } = thin({ due: () => count++ % 2 === 0 })
  t.equal(push('K---'), 'renew 1 (2) 3 (4)')
})

t.test('key frames over the rate are left out of a rest, and held', async t => {
  let count = 0
  const { push, rest } = thin({ quiet: true, due: () => count++ % 2 === 0 })
  t.equal(push('K-K-'), 'renew 1 flush 1')
  t.equal(rest(false), '(3) 4')
})

t.test('a decoder that does not keep up misses what comes before the next key frame', async t => {
  const { thin: units, push, rest, state, losses } = thin()
  push('K-')
  state.waiting = 40 << 20
  t.equal(push('--K-'), '')
  t.equal(losses.length, 4)
  rest(true)
  t.equal(units.resting, false)
  rest(false)
  state.waiting = 0
  t.equal(push('-K-'), '8 9')
  t.equal(losses.length, 5)
  t.match(losses, Array(5).fill(/does not keep up/))
})
