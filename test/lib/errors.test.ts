import t from 'tap'
import { codeOf, messageOf, SquintError } from '../../src/lib/errors.js'

t.test('an error of ours carries its code, its HTTP status and its cause', async t => {
  const cause = new Error('underneath')
  const error = new SquintError('PICTURE_BROKEN', 'torn', { cause })
  t.equal(error.status, 400)
  t.equal(error.cause, cause)
  t.equal(codeOf(error), 'PICTURE_BROKEN')
})

t.test('anything else that is thrown counts as internal', async t => {
  t.equal(codeOf(new Error('x')), 'INTERNAL')
  t.equal(messageOf(new Error('x')), 'x')
  t.equal(messageOf('just text'), 'just text')
})
