import t from 'tap'
import type { Judged } from '../../src/cascade/detection.js'
import { exitOf } from '../../src/cascade/exit.js'
import { person } from '../fixtures/detection.js'

function judged(meaning: Judged['meaning']): Judged {
  return { ...person(0.1), probability: 0.8, meaning, low: 0.2, high: 0.5 }
}

t.test('candidates are counted by what they meant', async t => {
  const meanings = [
    'certain',
    'known',
    'refuted',
    'new',
    'small',
    'ambiguous',
    'ambiguous',
  ] as const
  const exit = exitOf({ stage: 'scout', reason: 'deferred', candidates: meanings.map(judged) })
  t.match(exit.grounds, { candidates: 7, known: 2, refuted: 1, new: 2, ambiguous: 2, lost: 0 })
})

t.test('numbers are told rounded', async t => {
  const exit = exitOf({
    stage: 'expert',
    reason: 'lost',
    motion: 0.123456,
    complexity: { edges: 0.111111, entropy: 0.222222, crowd: 0.5, total: 0.277777 },
    blobs: 4,
    doubt: 0.123456,
    lost: 1,
    sinceLookMs: 350.4,
    sinceExpertMs: 1200.6,
  })
  t.same(exit, {
    stage: 'expert',
    reason: 'lost',
    motion: 0.1235,
    complexity: 0.2778,
    escalated: true,
    expert: null,
    grounds: {
      edges: 0.1111,
      entropy: 0.2222,
      blobs: 4,
      doubt: 0.123,
      candidates: 0,
      ambiguous: 0,
      new: 0,
      known: 0,
      refuted: 0,
      lost: 1,
      sinceLookMs: 350,
      sinceExpertMs: 1201,
    },
  })
})

t.test('what nobody has looked at is told as such', async t => {
  const first = exitOf({
    stage: 'expert',
    reason: 'refresh',
    sinceLookMs: Number.POSITIVE_INFINITY,
  })
  t.match(first, { motion: 1, complexity: 0, escalated: false })
  t.match(first.grounds, {
    doubt: null,
    edges: 0,
    blobs: 0,
    sinceLookMs: null,
    sinceExpertMs: null,
  })
})

t.test('only an expert that looks after the scout was escalated to', async t => {
  t.equal(exitOf({ stage: 'scout', reason: 'empty', doubt: 0 }).escalated, false)
  t.equal(exitOf({ stage: 'expert', reason: 'new', doubt: 0 }).escalated, true)
})
