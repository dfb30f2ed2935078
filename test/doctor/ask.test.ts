import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ask } from '../../src/doctor/ask.js'
import { plantBoard } from '../fixtures/board.js'

const never = new AbortController().signal

async function asking(t: Test, script: string, limitMs = 5000) {
  const { root } = await plantBoard(t, 'doctor-x86', { 'bin/tool': `#!/bin/sh\n${script}\n` })
  return ask('tool', ['-v'], { path: join(root, 'bin'), signal: never }, limitMs)
}

t.test('a tool says what it prints', async t => {
  t.match(await asking(t, 'echo "  version 3 ($1)"'), {
    tool: /\/bin\/tool$/,
    text: 'version 3 (-v)',
    failure: undefined,
    late: false,
  })
})

t.test('a tool that fails says why: on stderr, on stdout, or by its exit code', async t => {
  t.match(await asking(t, 'echo out; echo broken >&2; exit 1'), { text: 'out', failure: 'broken' })
  t.match(await asking(t, 'echo no device; echo try sudo; exit 255'), { failure: 'no device' })
  t.match(await asking(t, 'exit 3'), { failure: 'exit code 3', late: false })
})

t.test('a tool that cannot be started says so, and one that is not there nothing', async t => {
  const { root } = await plantBoard(t, 'doctor-x86', { 'bin/tool': '#!/nowhere/sh\n' })
  const where = { path: join(root, 'bin'), signal: never }
  t.match(await ask('tool', [], where), { text: '', failure: /could not be started/, late: false })
  t.equal(await ask('other', [], where), undefined)
})

t.test('a tool that hangs or floods costs a bounded time and memory', async t => {
  t.match(await asking(t, 'exec sleep 20', 200), { failure: 'no answer within 0.2 s', late: true })
  const flood = await asking(t, 'head -c 9000000 /dev/zero | tr "\\0" x')
  t.ok(flood!.text.length > 0 && flood!.text.length < 9_000_000, `${flood!.text.length}`)
})
