import { readFileSync } from 'node:fs'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { openVcgencmd, type VcgencmdOptions } from '../../src/power/vcgencmd.js'
import { plantBoard } from '../fixtures/board.js'
import { alive, childrenOf, pathWith, until } from '../fixtures/camera.js'

/** A vcgencmd of paper: what it does is a few lines of shell, in which $here is its folder. */
async function paper(t: Test, script: string, more: VcgencmdOptions = {}) {
  const here = t.testdir({})
  async function be(script: string): Promise<void> {
    await writeFile(join(here, 'vcgencmd'), `#!/bin/sh\nhere=${here}\n${script}\n`)
    await chmod(join(here, 'vcgencmd'), 0o755)
  }
  await be(script)
  const vcgencmd = openVcgencmd({ path: pathWith(here), ...more })
  t.teardown(vcgencmd.close)
  return { here, be, ...vcgencmd }
}

const pidIn = (...path: string[]) => Number(readFileSync(join(...path), 'utf8'))

t.test(
  'the firmware is asked through one helper, which starts with the first question',
  async t => {
    const { path } = await plantBoard(t, 'pi4')
    const { ask, close } = openVcgencmd({ path })
    t.same(childrenOf(process.pid), [])
    t.equal(await ask(['get_throttled']), 'throttled=0x50000')
    const helpers = childrenOf(process.pid)
    t.equal(helpers.length, 1)
    t.equal(await ask(['get_throttled']), 'throttled=0x50000')
    t.same(childrenOf(process.pid), helpers)
    await close()
    t.same(childrenOf(process.pid), [])
  },
)

t.test('questions are answered one at a time and in order', async t => {
  const { here, ask } = await paper(
    t,
    `mkdir $here/busy || exit 1
    sleep 0.02
    rmdir $here/busy
    printf "$*"`,
  )
  const answers = [
    ask(['pmic_read_adc', 'get_throttled']),
    ask(['pmic_read_adc']),
    ask(['get_throttled']),
  ]
  t.same(await Promise.all(answers), [
    'pmic_read_adc get_throttled',
    'pmic_read_adc',
    'get_throttled',
  ])
  t.throws(() => readFileSync(join(here, 'busy')), { code: 'ENOENT' })
})

t.test('vcgencmd cannot read the questions that wait', async t => {
  const { ask } = await paper(t, 'cat; echo "$1"')
  const answers = [ask(['pmic_read_adc']), ask(['get_throttled'])]
  t.same(await Promise.all(answers), ['pmic_read_adc', 'get_throttled'])
})

t.test('an exit code is a failure that says what was said, and the helper stays', async t => {
  const { path } = await plantBoard(t, 'pi4')
  const { ask, close } = openVcgencmd({ path })
  t.teardown(close)
  await ask(['get_throttled'])
  const helpers = childrenOf(process.pid)
  await t.rejects(ask(['pmic_read_adc']), {
    code: 'METER_SILENT',
    message: /^vcgencmd pmic_read_adc: exit code 255: error=1 error_msg="Command not registered"$/,
  })
  t.same(childrenOf(process.pid), helpers)
  t.equal(await ask(['get_throttled']), 'throttled=0x50000')
})

t.test('what it says on stderr tells why it failed', async t => {
  const { ask } = await paper(t, 'echo "VCHI initialization failed" >&2; exit 1')
  await t.rejects(ask(['get_throttled']), { message: /exit code 1: VCHI initialization failed/ })
})

t.test(
  'a death in the middle of an answer is a failure, and the next question is answered',
  async t => {
    const { be, ask } = await paper(t, `printf 'throttled=0x'; kill -9 $$`)
    await t.rejects(ask(['get_throttled']), {
      code: 'METER_SILENT',
      message: /exit code 137: (.*\n)*throttled=0x/,
    })
    await be('echo throttled=0x0')
    t.equal(await ask(['get_throttled']), 'throttled=0x0')
  },
)

t.test('without vcgencmd there is no helper', async t => {
  const { ask, close } = openVcgencmd({ path: t.testdir({}) })
  await t.rejects(ask(['get_throttled']), { code: 'METER_SILENT', message: /no vcgencmd on PATH/ })
  t.same(childrenOf(process.pid), [])
  await close()
})

t.test('one that hangs for ever is killed with all that it started, and asked anew', async t => {
  const { here, be, ask } = await paper(
    t,
    `trap '' TERM
    echo $$ >$here/pid
    while :; do sleep 1; done`,
    { timeoutMs: 600 },
  )
  const before = performance.now()
  await t.rejects(ask(['get_throttled']), {
    code: 'METER_SILENT',
    message: 'vcgencmd get_throttled: no answer within 600 ms',
  })
  const tookMs = performance.now() - before
  t.ok(tookMs >= 599 && tookMs < 1200, `${tookMs} ms`)
  await until(() => !alive(pidIn(here, 'pid')), 'the end of vcgencmd')
  await be('echo throttled=0x0')
  t.equal(await ask(['get_throttled']), 'throttled=0x0')
})

t.test('no other helper is started before the last one is gone', async t => {
  const { here, be, ask } = await paper(
    t,
    `setsid sh -c "echo \\$\\$ >$here/pid; exec sleep 1000"`,
    { timeoutMs: 400 },
  )
  await t.rejects(ask(['get_throttled']), { message: /no answer within 400 ms/ })
  const runaway = pidIn(here, 'pid')
  t.teardown(() => process.kill(runaway, 'SIGKILL'))
  t.equal(alive(runaway), true, 'it has left the group, and holds the pipes open')
  await be(`echo $PPID >>$here/helpers; echo throttled=0x0`)
  await t.rejects(ask(['get_throttled']), { message: /no answer within 400 ms/ })
  t.throws(() => readFileSync(join(here, 'helpers')), { code: 'ENOENT' })
  await until(() => childrenOf(process.pid).length === 0, 'the end of the helper')
  await setTimeout(200)
  t.throws(() => readFileSync(join(here, 'helpers')), { code: 'ENOENT' }, 'no late question')
  t.equal(await ask(['get_throttled']), 'throttled=0x0')
})

t.test('a helper that ends fails its question, and the next one has a fresh one', async t => {
  const { be, ask } = await paper(t, 'kill -9 $PPID')
  await t.rejects(ask(['get_throttled']), {
    code: 'METER_SILENT',
    message: 'the helper of vcgencmd has ended (exit code null)',
  })
  await be('echo throttled=0x0')
  t.equal(await ask(['get_throttled']), 'throttled=0x0')
  const [helper] = childrenOf(process.pid)
  process.kill(helper!)
  await until(() => childrenOf(process.pid).length === 0, 'the end of the helper')
  await setTimeout(20)
  t.equal(await ask(['get_throttled']), 'throttled=0x0', 'one that ended in between is no failure')
})

t.test('one that does not stop talking is stopped', async t => {
  const { ask } = await paper(t, 'exec yes', { timeoutMs: 5000 })
  await t.rejects(ask(['get_throttled']), {
    code: 'METER_SILENT',
    message: 'vcgencmd does not stop talking',
  })
  await until(() => childrenOf(process.pid).length === 0, 'the end of the helper')
})

t.test('close fails what waits, and leaves no process', async t => {
  const { here, ask, close } = await paper(t, `echo $$ >$here/pid; exec sleep 1000`, {
    timeoutMs: 60_000,
  })
  const answers = [ask(['get_throttled']), ask(['pmic_read_adc'])]
  const outcomes = Promise.all(answers.map(answer => t.rejects(answer, { code: 'CLOSED' })))
  await until(() => childrenOf(process.pid).length > 0, 'the helper')
  await setTimeout(50)
  const pid = pidIn(here, 'pid')
  await close()
  t.same(childrenOf(process.pid), [])
  t.equal(alive(pid), false)
  await outcomes
  await t.rejects(ask(['get_throttled']), { code: 'CLOSED' })
  await close()
})

t.test('a close that comes with the first question starts nothing', async t => {
  const { ask, close } = await paper(t, 'echo throttled=0x0')
  const answer = t.rejects(ask(['get_throttled']), { code: 'CLOSED' })
  await close()
  await answer
  t.same(childrenOf(process.pid), [])
})
