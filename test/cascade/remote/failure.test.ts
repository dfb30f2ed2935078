import t from 'tap'
import { brokenConnection, RemoteFailure, reasonOf } from '../../../src/cascade/remote/failure.js'
import { codeOf, SquintError } from '../../../src/lib/errors.js'

t.test('a failure has a code for callers and a reason for those who count', async t => {
  const slow = new RemoteFailure('timeout', 'too slow')
  t.same([codeOf(slow), reasonOf(slow), slow.status], ['REMOTE_FAILED', 'timeout', 502])
  t.equal(reasonOf(new SquintError('MODEL_INVALID', 'other heads')), 'invalid')
})

t.test('what a connection throws is a broken connection, unless it is known better', async t => {
  const slow = new RemoteFailure('timeout', 'too slow')
  t.equal(brokenConnection(slow), slow)
  const cause = new Error('ECONNREFUSED')
  const broken = brokenConnection(cause)
  t.match(broken, { reason: 'unreachable', message: 'ECONNREFUSED', cause })
})
