import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { monotonicMs } from '../../../src/lib/clock.js'
import { createSampler } from '../../../src/power/meters/sampler.js'
import { parseTegrastats, probeTegrastats } from '../../../src/power/meters/tegrastats.js'
import { type BoardFixture, plantBoard } from '../../fixtures/board.js'
import { childrenOf, until } from '../../fixtures/camera.js'

// verbatim: power-hardware.md, section 2.3
const NANO =
  'RAM 1766/3964MB (lfb 197x4MB) SWAP 0/2048MB (cached 0MB) CPU [24%@1224,15%@1224,13%@1224,10%@1224] EMC_FREQ 0% GR3D_FREQ 0% PLL@21C CPU@25C PMIC@100C GPU@23.5C AO@33.5C thermal@24.5C POM_5V_IN 2545/2547 POM_5V_GPU 0/0 POM_5V_CPU 549/529'
const ORIN_JP5 =
  '01-24-2024 09:17:09 RAM 3503/7337MB (lfb 7x1MB) SWAP 430/3668MB (cached 1MB) CPU [11%@729,13%@729,9%@729,18%@729,off,off] EMC_FREQ 0%@2133 GR3D_FREQ 0%@305 GR3D2_FREQ 0%@0 VIC_FREQ 115 APE 174 CV0@42.718C CPU@44.093C SOC2@42.625C SOC0@43.281C CV1@42.25C GPU@41.343C tj@46.968C SOC1@46.968C CV2@42.875C VDD_IN 4915mW/4915mW VDD_CPU_GPU_CV 449mW/449mW VDD_SOC 1431mW/1431mW'
const ORIN_JP6 =
  '09-21-2025 15:38:17 RAM 3645/7620MB (lfb 63x4MB) SWAP 236/3810MB (cached 0MB) CPU [1%@729,1%@729,4%@729,1%@729,0%@729,0%@729] EMC_FREQ 0%@204 GR3D_FREQ 0%@[305] NVDEC off NVJPG off NVJPG1 off VIC off OFA off APE 200 cpu@44.125C soc2@43.375C soc0@42.125C gpu@44.531C tj@44.531C soc1@43.156C VDD_IN 2957mW/2957mW VDD_CPU_GPU_CV 486mW/486mW VDD_SOC 1012mW/1012mW'
const ORIN_R39 =
  '09-01-2026 09:25:18 RAM 5739/7546MB (lfb 1x2MB) SWAP 2047/2048MB (cached 209MB) CPU [72%@1728,75%@1728,88%@1728,79%@1728,87%@1728,78%@1728] GR3D_FREQ 33% cpu@50C/50C soc2@47.937C/47.937C soc0@48.437C/48.437C gpu@48.75C/48.75C tj@50C/50C soc1@48.5C/48.5C VDD_IN 9761mW/9761mW/9761mW VDD_CPU_GPU_CV 4238mW/4238mW/4238mW VDD_SOC 1825mW/1825mW/1825mW'
const AGX_ORIN =
  'EMC_FREQ 3%@3199 GR3D_FREQ 12%@[1300,1300] NVENC0 off ... cpu@52.968C/52.968C VDD_GPU_SOC 5139mW/5139mW/5139mW VDD_CPU_CV 3268mW/3268mW/3268mW VIN_SYS_5V0 5500mW/5500mW/5500mW'

const railsOf = (line: string) =>
  parseTegrastats(line)?.rails.map(({ name, watts }) => `${name} ${watts}`)

t.test('the total is the rail at the input, not the sum with those behind it', async t => {
  t.match(parseTegrastats(NANO), { watts: 2.545, summed: ['POM_5V_IN'] })
  t.match(parseTegrastats(ORIN_JP5), { watts: 4.915, summed: ['VDD_IN'] })
  t.match(parseTegrastats(ORIN_JP6), { watts: 2.957, summed: ['VDD_IN'] })
  t.match(parseTegrastats(ORIN_R39), { watts: 9.761, summed: ['VDD_IN'] })
  const other = 'VIN 21000mW/21000mW/21000mW VDD_GPU 4000mW/4000mW/4000mW'
  t.match(parseTegrastats(other), { watts: 21, summed: ['VIN'] })
})

t.test('every rail is told with its present watts, with and without unit and peak', async t => {
  t.same(railsOf(NANO), ['POM_5V_IN 2.545', 'POM_5V_GPU 0', 'POM_5V_CPU 0.549'])
  t.same(railsOf(ORIN_JP5), ['VDD_IN 4.915', 'VDD_CPU_GPU_CV 0.449', 'VDD_SOC 1.431'])
  t.same(railsOf(ORIN_JP6), ['VDD_IN 2.957', 'VDD_CPU_GPU_CV 0.486', 'VDD_SOC 1.012'])
  t.same(railsOf(ORIN_R39), ['VDD_IN 9.761', 'VDD_CPU_GPU_CV 4.238', 'VDD_SOC 1.825'])
  t.same(railsOf(AGX_ORIN), ['VDD_GPU_SOC 5.139', 'VDD_CPU_CV 3.268', 'VIN_SYS_5V0 5.5'])
})

t.test('without a rail at the input all add up, or those that were chosen', async t => {
  const all = parseTegrastats(AGX_ORIN)
  t.equal(all?.watts.toFixed(3), '13.907')
  t.same(all?.summed, ['VDD_GPU_SOC', 'VDD_CPU_CV', 'VIN_SYS_5V0'])
  const chosen = parseTegrastats(AGX_ORIN, ['VDD_GPU_SOC', 'VDD_CPU_CV'])
  t.equal(chosen?.watts.toFixed(3), '8.407')
  t.equal(chosen?.rails.length, 3)
  t.equal(parseTegrastats(ORIN_JP5, ['VDD_SOC'])?.watts, 4.915, 'the input goes first')
})

t.test('a line without watts tells nothing', async t => {
  t.equal(parseTegrastats(''), undefined)
  t.equal(parseTegrastats(NANO.replace(/ POM.*/, '')), undefined)
  t.equal(parseTegrastats(AGX_ORIN, ['VDD_IN']), undefined)
  t.equal(parseTegrastats('MTS fg 1%/2% tj@50C/50C VDD_IN NaN/12 VDD_SOC 12/'), undefined)
})

const FILE = 'tegrastats.txt'
const never = new AbortController().signal

async function meterOf(t: Test, board: BoardFixture & { readonly rails?: readonly string[] }) {
  const meter = await probeTegrastats(board)
  if (meter === undefined) throw new Error('expected a meter')
  t.teardown(meter.close)
  return meter
}

/** A tool that prints its file once whenever the file `go` comes, which it removes, and ends with exit code 3 when `end` does. */
const OBEDIENT = `#!/bin/sh
cd "\${0%/*}/.." || exit 1
echo $$ >>started
while :; do
  if rm go 2>/dev/null; then cat ${FILE}; fi
  if rm end 2>/dev/null; then echo 'no more' >&2; exit 3; fi
  sleep 0.01
done`

async function obedient(t: Test) {
  const board = await plantBoard(t, 'jetson-nano-tegrastats', {
    'bin/tegrastats': OBEDIENT,
    go: '',
  })
  const meter = await meterOf(t, board)
  t.match(await meter.read(never), { watts: 2.545 }, 'the line by which it was found')
  const say = async (line: string) => {
    await board.set(FILE, line)
    await board.set('go', '')
    await until(() => !existsIn(board, 'go'), 'the line')
    await setTimeout(50)
  }
  const starts = () => readFileSync(join(board.root, 'started'), 'utf8').trim().split('\n').length
  return { board, meter, say, starts }
}

function existsIn({ root }: BoardFixture, path: string): boolean {
  try {
    readFileSync(join(root, path))
    return true
  } catch {
    return false
  }
}

t.test('a Jetson Nano is read line by line from one tool', async t => {
  const meter = await meterOf(t, await plantBoard(t, 'jetson-nano-tegrastats'))
  t.match(meter, { name: 'tegrastats', scope: 'board', accuracy: 0.05, warnings: [] })
  t.equal(meter.source, 'tegrastats, POM_5V_IN: the module without its carrier board')
  const tools = childrenOf(process.pid)
  const first = await meter.read(never)
  const second = await meter.read(never)
  t.match(second, { watts: 2.545, rails: [{}, {}, { name: 'POM_5V_CPU', watts: 0.549 }] })
  t.same(Object.keys(second), ['watts', 'rails', 'at'])
  const apartMs = second.at - first.at
  t.ok(apartMs > 180 && apartMs < 1000, `${apartMs} ms`)
  t.same(childrenOf(process.pid), tools)
  await meter.close()
  t.same(childrenOf(process.pid), [])
  await t.rejects(meter.read(never), { code: 'CLOSED' })
  await t.rejects(meter.read(AbortSignal.abort(new Error('too late'))), { message: 'too late' })
})

t.test('rails without one at the input are not the whole board', async t => {
  const board = await plantBoard(t, 'jetson-nano-tegrastats', { [FILE]: `${AGX_ORIN}\n` })
  const meter = await meterOf(t, { ...board, rails: ['VDD_GPU_SOC', 'VDD_CPU_CV'] })
  t.match(meter, { scope: 'soc', source: 'tegrastats, VDD_GPU_SOC + VDD_CPU_CV' })
})

t.test(
  'without the tool, and with one that fails or tells no watts, there is no meter',
  async t => {
    t.equal(await probeTegrastats(await plantBoard(t, 'pi4')), undefined)
    const name = 'jetson-nano-tegrastats'
    const failing = { 'bin/tegrastats': '#!/bin/sh\nexit 1' }
    t.equal(await probeTegrastats(await plantBoard(t, name, failing)), undefined)
    const before = monotonicMs()
    t.equal(await probeTegrastats(await plantBoard(t, name, { [FILE]: 'RAM 1/2MB\n' })), undefined)
    const tookMs = monotonicMs() - before
    t.ok(tookMs > 1900 && tookMs < 2500, `${tookMs} ms`)
    t.same(childrenOf(process.pid), [])
  },
)

t.test('the first reading is the line that has told that there is a meter', async t => {
  const board = await plantBoard(t, 'jetson-nano-tegrastats', {
    'bin/tegrastats': `#!/bin/sh\ncat "\${0%/*}/../${FILE}"\nexec sleep 1000`,
  })
  const meter = await meterOf(t, board)
  const found = monotonicMs()
  await setTimeout(30)
  const { watts, at } = await meter.read(AbortSignal.timeout(50))
  t.equal(watts, 2.545)
  t.ok(at <= found, 'which came before')
})

t.test('it answers steadily, however often it is asked, and its joules are counted', async t => {
  for (const everyMs of [100, 500]) {
    const meter = await meterOf(t, await plantBoard(t, 'jetson-nano-tegrastats'))
    const stop = new AbortController()
    const at: number[] = []
    const states: string[] = []
    const sampler = createSampler({
      ...{ meter, everyMs, signal: stop.signal },
      onReading: reading => at.push(reading.at),
      onChange: ({ state }) => states.push(state),
    })
    await setTimeout(2500)
    stop.abort()
    await sampler.ended
    const { joules } = sampler.status()
    const expected = (2.545 * (at.at(-1)! - at[0]!)) / 1000
    t.equal(states[0], 'answering', `every ${everyMs} ms`)
    // a machine that stalls may make one line late
    t.ok(states.length <= 3, `every ${everyMs} ms: ${states}`)
    t.ok(expected > 3.5, `${expected} J`)
    t.ok(joules > 0.7 * expected && joules < 1.001 * expected, `${joules} J of ${expected} J`)
    await meter.close()
  }
})

t.test('a line is read once, while it is fresh, and then the next is waited for', async t => {
  const { meter, say } = await obedient(t)
  await t.rejects(meter.read(AbortSignal.timeout(100)), {
    code: 'METER_SILENT',
    message: 'tegrastats: no line with watts came in time',
  })
  await say('POM_5V_IN 1000/1\n')
  await say('POM_5V_IN 2000/1\n')
  const now = monotonicMs()
  const { watts, at } = await meter.read(never)
  t.equal(watts, 2, 'the newest')
  t.ok(at < now, 'at the time of the line, not of the question')
  await say('POM_5V_IN 3000/1\n')
  await setTimeout(410)
  await t.rejects(meter.read(AbortSignal.timeout(50)), { code: 'METER_SILENT' })
  const next = meter.read(never)
  await say('POM_5V_IN 4000/1\n')
  t.match(await next, { watts: 4 })
})

t.test(
  'lines in pieces are put together, and what is no line of these rails is passed over',
  async t => {
    const { meter, say } = await obedient(t)
    await say('POM_5V_IN 10')
    await say('00/1 POM_5V_CPU 1')
    await t.rejects(meter.read(AbortSignal.timeout(50)), { code: 'METER_SILENT' })
    await say('0/1\ngarbage\nVDD_SOC 7000/1\n')
    t.match(await meter.read(never), { watts: 1, rails: [{}, { watts: 0.01 }] })
  },
)

t.test('a tool that ends while it is waited for is told at once', async t => {
  const { board, meter, starts } = await obedient(t)
  const reading = t.rejects(meter.read(never), {
    code: 'METER_SILENT',
    message: 'tegrastats: it has ended with exit code 3: no more',
  })
  await board.set('end', '')
  await reading
  t.equal(starts(), 1)
  await board.set('go', '')
  t.match(await meter.read(never), { watts: 2.545 })
  t.equal(starts(), 2)
})

t.test(
  'a tool that has ended meanwhile is told and started again, and its last line is void',
  async t => {
    const { board, meter, say, starts } = await obedient(t)
    await say('POM_5V_IN 1000/1\n')
    await board.set('end', '')
    await until(() => childrenOf(process.pid).length === 0, 'its end')
    await setTimeout(20)
    await t.rejects(meter.read(never), {
      message: 'tegrastats: it has ended with exit code 3: no more',
    })
    await until(() => starts() === 2, 'another start')
    await t.rejects(meter.read(AbortSignal.timeout(50)), { message: /no line/ })
    await say('POM_5V_IN 3000/1\n')
    t.match(await meter.read(never), { watts: 3 })
  },
)
