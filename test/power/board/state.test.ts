import t, { type Test } from 'tap'
import type { BoardState } from '../../../src/power/board/board-state.js'
import { createBoardReader } from '../../../src/power/board/state.js'
import { openSysfs } from '../../../src/power/sysfs.js'
import { plantBoard } from '../../fixtures/board.js'

const BITS = 'sys/devices/platform/soc/soc:firmware/get_throttled'
const { signal } = new AbortController()

async function planted(t: Test, name: string, changes: Record<string, string> = {}) {
  const board = await plantBoard(t, name, changes)
  const { sysfs, path } = board
  return { ...board, reader: createBoardReader({ sysfs, signal, path }) }
}

/** What tells most at a glance. */
function summary(state: BoardState) {
  const { celsius, throttled, underVoltage, clocks, overCurrent, powerMode, gpu } = state
  return {
    celsius,
    throttled,
    low: [underVoltage.now, underVoltage.ever],
    hertz: clocks.map(({ hertz }) => hertz),
    events: overCurrent.map(({ events }) => events),
    powerMode,
    load: gpu?.load ?? null,
  }
}

t.test('a machine that tells nothing leaves all open', async t => {
  const sysfs = openSysfs('/nowhere')
  t.same(await createBoardReader({ sysfs, signal, path: '' }).read(), {
    celsius: null,
    throttled: null,
    underVoltage: { now: null, ever: null },
    firmware: null,
    clocks: [],
    overCurrent: [],
    powerMode: null,
    gpu: null,
    pressure: null,
    memory: null,
  })
})

t.test('every board tells what it can', async t => {
  const expected = {
    'pi5-state': {
      celsius: 48.312,
      throttled: null,
      low: [false, false],
      hertz: [1_500_000_000],
      events: [],
      powerMode: null,
      load: null,
    },
    'pi4-state': {
      celsius: 42.2,
      throttled: false,
      low: [false, true],
      hertz: [600_000_000],
      events: [],
      powerMode: null,
      load: null,
    },
    'zero2w-state': {
      celsius: 55.844,
      throttled: null,
      low: [null, null],
      hertz: [1_000_000_000],
      events: [],
      powerMode: null,
      load: null,
    },
    'jetson-nano-jp4-state': {
      celsius: 34,
      throttled: false,
      low: [null, null],
      hertz: [1_224_000_000],
      events: [],
      powerMode: 'MAXN',
      load: 0,
    },
    'xavier-nx-jp5-state': {
      celsius: 45.5,
      throttled: false,
      low: [false, false],
      hertz: [1_190_400_000, 1_190_400_000],
      events: [4, 0, 0, 0, 0, 0],
      powerMode: 'MODE_15W_6CORE',
      load: 0.125,
    },
    'orin-nano-jp6-state': {
      celsius: 63.781,
      throttled: false,
      low: [false, true],
      hertz: [1_728_000_000, 729_600_000],
      events: [1, 0, 2],
      powerMode: '15W',
      load: 0.999,
    },
    'x86-state': {
      celsius: 50,
      throttled: false,
      low: [null, null],
      hertz: [2_100_000_000, 800_000_000],
      events: [],
      powerMode: null,
      load: null,
    },
  }
  for (const [name, told] of Object.entries(expected)) {
    const { reader } = await planted(t, name)
    await reader.read()
    t.same(summary(await reader.read()), told, name)
  }
})

t.test('this machine can be read', async t => {
  const state = await createBoardReader({ sysfs: openSysfs(), signal }).read()
  t.ok(state.memory !== null && state.memory.availableBytes <= state.memory.totalBytes)
})

t.test("the Raspberry Pi's firmware says if it throttles now, not if it once did", async t => {
  // frequency capped, throttled, soft temperature limit
  for (const bits of ['2', '4', '8', '0xe0008', '50005']) {
    const { reader } = await planted(t, 'pi4-state', { [BITS]: `${bits}\n` })
    t.match(await reader.read(), { throttled: true }, bits)
  }
  // a low supply alone, and all of them in the past
  for (const bits of ['0', '1', '50001', 'e0000']) {
    const { reader } = await planted(t, 'pi4-state', { [BITS]: `${bits}\n` })
    t.match(await reader.read(), { throttled: false }, bits)
  }
  const { reader } = await planted(t, 'pi4-state', { [BITS]: 'error\n' })
  t.match(await reader.read(), { throttled: null })
})

t.test('firmware that has no file is asked', async t => {
  const { sysfs } = await plantBoard(t, 'pi5-state')
  const askFirmware = async () => 'throttled=0xe0006'
  t.match(await createBoardReader({ sysfs, signal, askFirmware }).read(), {
    throttled: true,
    underVoltage: { now: false, ever: false },
    firmware: { now: { frequencyCapped: true, throttled: true, softTemperatureLimit: false } },
  })
})

t.test('a Jetson is throttled by heat or by its supply', async t => {
  const { reader, set } = await planted(t, 'orin-nano-jp6-state')
  t.match(await reader.read(), { throttled: false, underVoltage: { now: null, ever: true } })
  await set('sys/class/hwmon/hwmon3/oc2_event_cnt', '1\n')
  t.match(await reader.read(), { throttled: true, underVoltage: { now: false } })
  await set('sys/class/thermal/cooling_device1/cur_state', '1\n')
  t.match(await reader.read(), { throttled: true })
  await set('sys/class/thermal/cooling_device1/cur_state', '0\n')
  t.match(await reader.read(), { throttled: false })
})

t.test('memory, pressure and clocks are told in plain units', async t => {
  const { reader } = await planted(t, 'x86-state')
  t.match(await reader.read(), {
    clocks: [{ name: 'policy0', governor: 'powersave', maxHertz: 4_200_000_000 }, {}],
    pressure: { cpu: 0.0012, memory: 0, io: 0.034 },
    memory: { totalBytes: 16_323_456 * 1024, availableBytes: 12_582_912 * 1024 },
  })
})
