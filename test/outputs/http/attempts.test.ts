import t from 'tap'
import { createAttempts } from '../../../src/outputs/http/attempts.js'

t.test('guesses are forgotten one by one, so that guessing stays at ten a minute', t => {
  let at = 0
  const attempts = createAttempts(() => at)
  let guesses = 0
  for (; at < 10 * 60_000; at += 500) {
    if (attempts.waitSeconds('mallory') === 0) attempts.wrong('mallory', `guess ${guesses++}`)
  }
  t.equal(guesses, 100)
  t.equal(attempts.waitSeconds('alice'), 0)
  t.end()
})

t.test('the wait is told to the second, and is none for ever', t => {
  let at = 0
  const attempts = createAttempts(() => at)
  for (let guess = 0; guess < 10; guess++) attempts.wrong('mallory', `${guess}`)
  t.equal(attempts.waitSeconds('mallory'), 60)
  at = 59_001
  t.equal(attempts.waitSeconds('mallory'), 1)
  at = 60_000
  t.equal(attempts.waitSeconds('mallory'), 0)
  t.end()
})

t.test('the same wrong token again is no guess', t => {
  const attempts = createAttempts(() => 0)
  for (let time = 0; time < 50; time++) attempts.wrong('wall', 'old')
  for (let guess = 0; guess < 8; guess++) attempts.wrong('wall', `${guess}`)
  t.equal(attempts.waitSeconds('wall'), 0)
  attempts.wrong('wall', 'the tenth')
  t.ok(attempts.waitSeconds('wall') > 0)
  t.end()
})
