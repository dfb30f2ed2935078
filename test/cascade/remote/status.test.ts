import t from 'tap'
import { isNews, type RemoteStatus } from '../../../src/cascade/remote/status.js'

const none = { timeout: 0, unreachable: 0, refused: 0, invalid: 0 }
const status = (state: RemoteStatus['state'], message?: string): RemoteStatus => ({
  url: 'http://server/',
  model: 'shared',
  state,
  error: message === undefined ? null : { code: 'REMOTE_FAILED', message },
  requests: 0,
  failures: none,
  fallbacks: 0,
})

t.test('people are told when it is asked again, when no longer, and why', async t => {
  for (const [before, after, told] of [
    [status('half-open'), status('closed'), true],
    [status('closed', 'slow'), status('open', 'slow'), true],
    [status('half-open'), status('open', 'no connection'), true],
    [status('half-open', 'no connection'), status('open', 'other input'), true],
    [status('half-open', 'no connection'), status('open', 'no connection'), false],
    [status('open', 'no connection'), status('half-open', 'no connection'), false],
    [status('open', 'no connection'), status('half-open'), false],
    [status('closed'), status('closed', 'slow'), false],
  ] as const) {
    t.equal(isNews(before, after), told, `${before.state} to ${after.state}`)
  }
})
