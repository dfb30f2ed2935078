import t from 'tap'
import {
  isFlag,
  isNumber,
  isText,
  listOf,
  nullable,
  oneOf,
  optional,
  parseJson,
  shape,
} from '../../../src/outputs/client/guards.js'

t.test('plain values are what they seem', async t => {
  t.ok(isText('') && !isText(1))
  t.ok(isFlag(false) && !isFlag('false'))
  t.ok(isNumber(0) && !isNumber('0') && !isNumber(Number.NaN) && !isNumber(1 / 0))
})

t.test('what may be missing is told apart from what is wrong', async t => {
  const isMaybe = nullable(isNumber)
  t.ok(isMaybe(null) && isMaybe(3) && !isMaybe(undefined) && !isMaybe('3'))
  const isOlder = optional(isNumber)
  t.ok(isOlder(undefined) && isOlder(3) && !isOlder(null) && !isOlder('3'))
})

t.test('lists, words and shapes hold through and through', async t => {
  const isList = listOf(isNumber)
  t.ok(isList([]) && isList([1, 2]) && !isList([1, '2']) && !isList({}))
  const isSide = oneOf<'left' | 'right'>({ left: true, right: true })
  t.ok(isSide('left') && !isSide('up') && !isSide('toString') && !isSide(1))
  const isPoint = shape<{ x: number; y: number }>({ x: isNumber, y: isNumber })
  t.ok(isPoint({ x: 1, y: 2, more: true }))
  for (const wrong of [{ x: 1 }, { x: 1, y: '2' }, [1, 2], null, 'x']) t.notOk(isPoint(wrong))
})

t.test('a text that is no JSON is nothing', async t => {
  t.same(parseJson('{"a":1}'), { a: 1 })
  t.equal(parseJson('{"a":'), undefined)
})
