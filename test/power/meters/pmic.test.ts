import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { monotonicMs } from '../../../src/lib/clock.js'
import { probePmic } from '../../../src/power/meters/pmic.js'
import { type BoardFixture, plantBoard } from '../../fixtures/board.js'
import { childrenOf } from '../../fixtures/camera.js'

const ANSWER = 'firmware/pmic_read_adc'
const never = new AbortController().signal

/** The meter of a board, which is closed at the end. */
async function meterOf(t: Test, board: BoardFixture) {
  const meter = await probePmic(board)
  if (meter === undefined) throw new Error('expected a meter')
  t.teardown(meter.close)
  return meter
}

/** What the power chip says, with some lines changed; undefined: left out. */
function answerOf({ root }: BoardFixture, change: (line: string) => string | undefined): string {
  const lines = readFileSync(join(root, ANSWER), 'utf8').split('\n')
  return lines
    .map(change)
    .filter(line => line !== undefined)
    .join('\n')
}

const without = (rails: RegExp) => (line: string) => (rails.test(line) ? undefined : line)

for (const [name, watts, core] of [
  ['pi5-load', 10.7999, 9.7614],
  ['pi5-idle', 1.9005, 0.6825],
] as const) {
  t.test(`the rails of ${name} add up`, async t => {
    const meter = await meterOf(t, await plantBoard(t, name))
    t.match(meter, { name: 'pmic', scope: 'soc', accuracy: 0.1, warnings: [] })
    t.match(meter.source, /^vcgencmd pmic_read_adc, sum of 12 rails;/)
    const before = monotonicMs()
    const reading = await meter.read(never)
    t.equal(reading.watts.toFixed(4), `${watts}`)
    t.equal(reading.rails.length, 12)
    const found = reading.rails.find(rail => rail.name === 'VDD_CORE')
    t.equal(found?.watts.toFixed(4), `${core}`)
    t.ok(reading.at > before && reading.at <= monotonicMs())
  })
}

t.test('a reading is what the chip says at that moment', async t => {
  const board = await plantBoard(t, 'pi5-load')
  const meter = await meterOf(t, board)
  const idle = await plantBoard(t, 'pi5-idle')
  await board.set(ANSWER, readFileSync(join(idle.root, ANSWER), 'utf8'))
  t.equal((await meter.read(never)).watts.toFixed(4), '1.9005')
})

t.test('boards without such a chip, or without its tool, have no such meter', async t => {
  t.equal(await probePmic(await plantBoard(t, 'pi4')), undefined)
  t.equal(await probePmic({ ...(await plantBoard(t, 'pi5-load')), path: t.testdirName }), undefined)
  t.same(childrenOf(process.pid), [])
})

t.test('garbage among the lines is passed over', async t => {
  const board = await plantBoard(t, 'pi5-load')
  const garbage = ['', 'VCHI: warning', 'HDMI_A volt(22)=9V', 'HDMI_A current(22)=1.2.3A', 'X_V']
  const text = answerOf(board, line => `${line}\n${garbage.join('\n')}`)
  await board.set(ANSWER, text)
  const { watts } = await (await meterOf(t, board)).read(never)
  t.equal(watts.toFixed(4), '10.7999')
})

t.test('rails that the chip does not tell are left out of the sum and named', async t => {
  const board = await plantBoard(t, 'pi5-load')
  await board.set(ANSWER, answerOf(board, without(/HDMI_A|3V3_SYS_V/)))
  const meter = await meterOf(t, board)
  t.match(meter.source, /sum of 10 rails/)
  t.same(meter.warnings, ['The sum lacks 3V3_SYS, HDMI, which the power chip does not tell.'])
  // less 0.06245952 A * 3.306322 V and 0.0136752 A * 5.07056 V
  t.equal((await meter.read(never)).watts.toFixed(4), '10.5240')
})

t.test('an answer with fewer rails than at the start is none, and says what was found', async t => {
  const board = await plantBoard(t, 'pi5-load')
  const whole = readFileSync(join(board.root, ANSWER), 'utf8')
  const meter = await meterOf(t, board)
  await board.set(ANSWER, answerOf(board, without(/HDMI_A/)))
  await t.rejects(meter.read(never), {
    code: 'METER_SILENT',
    message: /expected at least 12 rails.*; found 3V7_WL_SW, .*, 0V8_AON$/,
  })
  await board.set(ANSWER, 'error=2 error_msg="Invalid arguments"')
  await t.rejects(meter.read(never), { code: 'METER_SILENT', message: /found none$/ })
  await board.set(ANSWER, whole)
  t.equal((await meter.read(never)).watts.toFixed(4), '10.7999')
})

t.test('half the rails are too few, and none will do without the processor', async t => {
  const board = await plantBoard(t, 'pi5-load')
  await board.set(ANSWER, answerOf(board, without(/VDD_CORE_V/)))
  t.equal(await probePmic(board), undefined)
  const six = await plantBoard(t, 'pi5-load')
  await six.set(ANSWER, answerOf(six, without(/3V3|DDR|HDMI_V|_SW_/)))
  t.equal(await probePmic(six), undefined)
  t.same(childrenOf(process.pid), [])
})

t.test('a supply that is too low is told, also when it has recovered', async t => {
  const board = await plantBoard(t, 'pi5-load')
  const meter = await meterOf(t, board)
  const whole = readFileSync(join(board.root, ANSWER), 'utf8')
  await board.set(ANSWER, whole.replace('5.06788000V', '4.61000000V'))
  await meter.read(never)
  t.match(meter.warnings, [/^The supply fell to 4.61 V, .* shorter cable\.$/])
  await board.set(ANSWER, whole)
  await meter.read(never)
  t.match(meter.warnings, [/4.61 V/])
})

t.test('an input that the chip does not tell is no low supply', async t => {
  const board = await plantBoard(t, 'pi5-load')
  await board.set(ANSWER, answerOf(board, without(/EXT5V/)))
  const meter = await meterOf(t, board)
  await meter.read(never)
  t.same(meter.warnings, [])
})

t.test('a first answer that comes too late is asked for once more', async t => {
  const board = await plantBoard(t, 'pi5-load')
  await board.set(
    'bin/vcgencmd',
    `#!/bin/sh
    cd "\${0%/*}/.." && mkdir started 2>/dev/null && sleep 1000
    exec cat firmware/$1
    `,
  )
  const meter = await meterOf(t, board)
  t.equal((await meter.read(never)).watts.toFixed(4), '10.7999')
})

t.test('nothing is left running after close', async t => {
  const meter = await probePmic(await plantBoard(t, 'pi5-idle'))
  t.equal(childrenOf(process.pid).length, 1)
  await meter?.close()
  t.same(childrenOf(process.pid), [])
  await t.rejects(meter!.read(never), { code: 'CLOSED' })
})
