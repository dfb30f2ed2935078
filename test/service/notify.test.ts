import t from 'tap'
import { notify } from '../../src/service/notify.js'
import { openNotifySocket } from '../fixtures/notify-socket.js'

t.test('systemd is told all that is said at once', async t => {
  const { heard } = await openNotifySocket(t)
  await notify(['READY=1', 'STATUS=2 of 3 cameras'], AbortSignal.timeout(5000))
  t.same(
    heard.map(({ text }) => text),
    ['READY=1 STATUS=2 of 3 cameras'],
  )
})

t.test('where nobody listens, that is the error', async t => {
  process.env.NOTIFY_SOCKET = '/nonexistent/notify'
  t.teardown(() => delete process.env.NOTIFY_SOCKET)
  await t.rejects(notify(['READY=1'], AbortSignal.timeout(5000)), {
    code: 'INTERNAL',
    message: /systemd-notify ended with 1: .*No such file/,
  })
})
