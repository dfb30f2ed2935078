import t from 'tap'
import { codeOf, ERROR_CODES, located, messageOf, SquintError } from '../../src/lib/errors.js'

t.test('an error of ours carries its code, its HTTP status and its cause', async t => {
  const cause = new Error('underneath')
  const error = new SquintError('PICTURE_BROKEN', 'torn', { cause })
  t.equal(error.status, 400)
  t.equal(error.cause, cause)
  t.equal(codeOf(error), 'PICTURE_BROKEN')
})

t.test('every code has a status that tells of an error', async t => {
  t.ok(ERROR_CODES.includes('BUSY'))
  for (const code of ERROR_CODES) t.ok(new SquintError(code, 'x').status >= 400, code)
})

t.test('anything else that is thrown counts as internal', async t => {
  t.equal(codeOf(new Error('x')), 'INTERNAL')
  t.equal(messageOf(new Error('x')), 'x')
  t.equal(messageOf('just text'), 'just text')
})

t.test('where an error arose can be told, and its code stays', async t => {
  const torn = new SquintError('PICTURE_BROKEN', 'torn')
  await t.rejects(located('frame 7', Promise.reject(torn)), {
    code: 'PICTURE_BROKEN',
    message: 'frame 7: torn',
    cause: torn,
  })
  await t.rejects(located('a.jpg', Promise.reject(new Error('x'))), {
    code: 'INTERNAL',
    message: 'a.jpg: x',
  })
  t.equal(await located('frame 8', Promise.resolve(8)), 8)
})
