import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { monotonicMs } from '../../../src/lib/clock.js'
import { probeRapl, raplAccess } from '../../../src/power/meters/rapl.js'
import { plantBoard } from '../../fixtures/board.js'
import { near, opened } from '../../fixtures/meter.js'

const powercap = 'sys/class/powercap'
const START = { package: 240_422_366_267, core: 118_821_284_256, range: 262_143_328_850 }

/** A meter, and a processor that has spent so much since the last reading. */
async function processor(t: Test, changes: Readonly<Record<string, string | undefined>> = {}) {
  const board = await plantBoard(t, 'x86-rapl', changes)
  const { meter, read } = await opened(t, probeRapl, board)
  let since = 0
  return {
    ...board,
    meter,
    read,
    counts: (zone: string, microjoules: number) =>
      writeFile(join(board.root, powercap, zone, 'energy_uj'), `${microjoules}\n`),
    /** Reads, and waits until some time has passed. */
    async after(ms: number) {
      await read()
      since = monotonicMs()
      await sleep(ms)
    },
    /** Milliseconds since that reading. */
    elapsed: () => monotonicMs() - since,
  }
}

/** Within the few milliseconds that a busy machine takes. */
function about(t: Test, watts: number, joules: number, ms: number): void {
  const expected = joules / (ms / 1000)
  t.ok(Math.abs(watts - expected) <= 0.3 * expected, `${watts} W is about ${expected} W`)
}

t.test('watts are the mean since the last reading, of packages alone', async t => {
  const { meter, read, counts, after, elapsed } = await processor(t)
  t.match(meter, { name: 'rapl', scope: 'soc', accuracy: 0.05, warnings: [] })
  t.equal(meter.source, '/sys/class/powercap/intel-rapl:0/energy_uj')
  await after(300)
  await counts('intel-rapl:0', START.package + 3_000_000)
  await counts('intel-rapl:0:0', START.core + 1_200_000)
  const { watts, rails } = await read()
  about(t, watts, 3, elapsed())
  t.same(
    rails.map(rail => rail.name),
    ['package-0', 'core'],
  )
  near(t, rails[1]!.watts, 0.4 * watts)
})

t.test('a counter that starts again counts on', async t => {
  const { read, counts, after, elapsed } = await processor(t, {
    [`${powercap}/intel-rapl:0/energy_uj`]: `${START.range - 1_000_000}\n`,
  })
  await after(300)
  await counts('intel-rapl:0', 1_500_000)
  about(t, (await read()).watts, 2.5, elapsed())
})

t.test('a counter that went back without saying where it starts again tells nothing', async t => {
  const { read, counts, after, elapsed } = await processor(t, {
    [`${powercap}/intel-rapl:0/max_energy_range_uj`]: undefined,
  })
  await after(50)
  await counts('intel-rapl:0', 1_000_000)
  await t.rejects(read(), {
    code: 'METER_SILENT',
    message: /energy_uj: expected at least 240422366267, found 1000000/,
  })
  await after(300)
  await counts('intel-rapl:0', 3_000_000)
  about(t, (await read()).watts, 2, elapsed())
})

t.test('a counter that jumps is no power', async t => {
  const { read, counts, after } = await processor(t)
  await after(50)
  await counts('intel-rapl:0', START.package - 1_000_000_000)
  await t.rejects(read(), { code: 'METER_SILENT', message: /expected 0 to 1000 W/ })
})

t.test('readings in quick succession share their beginning', async t => {
  const { read, counts, after, elapsed } = await processor(t)
  await after(300)
  await counts('intel-rapl:0', START.package + 3_000_000)
  await read()
  await counts('intel-rapl:0', START.package + 3_000_001)
  t.ok((await read()).watts < 1)
  await after(300)
  await counts('intel-rapl:0', START.package + 6_000_001)
  about(t, (await read()).watts, 3, elapsed())
})

t.test(
  'two packages are summed; the whole machine and their parts are not counted again',
  async t => {
    const { meter, read, counts, after, elapsed } = await processor(t, {
      [`${powercap}/intel-rapl:1/name`]: 'package-1\n',
      [`${powercap}/intel-rapl:1/energy_uj`]: '0\n',
      [`${powercap}/intel-rapl:1:0/name`]: 'dram\n',
      [`${powercap}/intel-rapl:1:0/energy_uj`]: '0\n',
      [`${powercap}/intel-rapl:2/name`]: 'psys\n',
      [`${powercap}/intel-rapl:2/energy_uj`]: '0\n',
      // without a name
      [`${powercap}/intel-rapl:3/energy_uj`]: '0\n',
    })
    t.match(meter.source, /intel-rapl:0\/energy_uj, .*intel-rapl:1\/energy_uj$/)
    await after(300)
    await counts('intel-rapl:0', START.package + 1_000_000)
    await counts('intel-rapl:1', 2_000_000)
    await counts('intel-rapl:1:0', 500_000)
    await counts('intel-rapl:2', 9_000_000)
    const { watts, rails } = await read()
    about(t, watts, 3, elapsed())
    t.same(
      rails.map(rail => rail.name),
      ['package-0', 'package-1', 'package-0 core', 'package-1 dram', 'psys', 'intel-rapl:3'],
    )
  },
)

t.test('a part that cannot be read is left out', async t => {
  const { root, read } = await processor(t)
  await writeFile(join(root, powercap, 'intel-rapl:0:0/energy_uj'), 'garbage\n')
  t.same(
    (await read()).rails.map(rail => rail.name),
    ['package-0'],
  )
})

t.test('garbage is no count, and the next reading may be sound', async t => {
  const { root, read, counts, after, elapsed } = await processor(t)
  await after(300)
  await writeFile(join(root, powercap, 'intel-rapl:0/energy_uj'), 'garbage\n')
  await t.rejects(read(), {
    code: 'METER_SILENT',
    message: /intel-rapl:0\/energy_uj: expected a number, found "garbage"/,
  })
  await counts('intel-rapl:0', START.package + 3_000_000)
  about(t, (await read()).watts, 3, elapsed())
})

t.test('counters that cannot be read are no meter, and it is told why', async t => {
  const board = await plantBoard(t, 'x86-rapl', {
    [`${powercap}/intel-rapl:1/name`]: 'package-1\n',
    [`${powercap}/intel-rapl:1/energy_uj`]: '0\n',
  })
  const energy = `${powercap}/intel-rapl:1/energy_uj`
  t.equal(await raplAccess(board.sysfs), 'readable')
  await chmod(join(board.root, energy), 0)
  // root may read everything: somebody else asks
  const isRoot = process.geteuid!() === 0
  if (isRoot) process.seteuid!(65534)
  try {
    t.equal(await probeRapl(board), undefined)
    t.equal(await raplAccess(board.sysfs), 'denied')
  } finally {
    if (isRoot) process.seteuid!(0)
  }
  await board.set(energy, undefined)
  await board.set(`${energy}/folder`, '')
  t.equal(await raplAccess(board.sysfs), 'broken')
})

t.test('other machines have none', async t => {
  const board = await plantBoard(t, 'ina-on-a-pi')
  t.equal(await probeRapl(board), undefined)
  t.equal(await raplAccess(board.sysfs), 'absent')
})
