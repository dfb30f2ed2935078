import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { monotonicMs } from '../../../src/lib/clock.js'
import { createFileMeter, type Plan, silent } from '../../../src/power/meters/file-meter.js'
import { openSysfs } from '../../../src/power/sysfs.js'

const never = new AbortController().signal

/** A meter whose file says watts and which is found in the folder `now`. */
async function planted(t: Test, says: string) {
  const root = t.testdir({ first: { watts: says }, second: { watts: '7\n' } })
  const sysfs = openSysfs(root)
  const place = { now: 'first', asked: 0, counts: ['a', 'b'] }
  async function find(): Promise<Plan | undefined> {
    place.asked++
    const file = `${place.now}/watts`
    if ((await sysfs.text(file)) === undefined) return undefined
    return {
      name: 'test',
      scope: 'board',
      accuracy: 0.1,
      source: `/${place.now}`,
      warnings: [place.now],
      files: [file],
      counts: place.counts,
      tell([text]) {
        if (text === undefined) throw silent('cannot be read')
        const watts = Number(text)
        return {
          watts,
          rails: [
            { name: 'a', watts: watts + 1 },
            { name: 'b', watts: -0.01 },
          ],
        }
      },
    }
  }
  const meter = await createFileMeter(sysfs, find)
  if (!meter) throw new Error('expected a meter')
  t.teardown(() => meter.close())
  return { root, meter, place }
}

t.test('a reading carries the time at which it was there', async t => {
  const { meter } = await planted(t, '3\n')
  const before = monotonicMs()
  const reading = await meter.read(never)
  t.ok(reading.at >= before && reading.at <= monotonicMs())
  t.equal(reading.watts, 3)
})

t.test('a rail that is off draws nothing, even if its sensor says less', async t => {
  const { meter } = await planted(t, '3\n')
  t.same((await meter.read(never)).rails, [
    { name: 'a', watts: 4 },
    { name: 'b', watts: 0 },
  ])
})

t.test('a meter whose folder got another number is found again by the next reading', async t => {
  const { root, meter, place } = await planted(t, '3\n')
  t.match(await meter.read(never), { watts: 3 })
  t.match(meter, {
    name: 'test',
    scope: 'board',
    accuracy: 0.1,
    source: '/first',
    warnings: ['first'],
  })
  execFileSync('rm', [join(root, 'first/watts')])
  await t.rejects(meter.read(never), { code: 'METER_SILENT', message: 'cannot be read' })
  place.now = 'second'
  place.counts = ['a']
  await t.rejects(meter.read(never), { code: 'METER_SILENT' }, 'not if it counts less')
  place.counts = ['a', 'b']
  t.match(await meter.read(never), { watts: 7 })
  t.match(meter, { source: '/second', warnings: ['second'] })
})

t.test('it is not looked for again while its files can be read', async t => {
  const { root, meter, place } = await planted(t, '3\n')
  for (const [text, found] of [
    ['-2', '-2.000 W'],
    ['5000', '5000.000 W'],
    ['x', 'NaN W'],
  ] as const) {
    await writeFile(join(root, 'first/watts'), text)
    await t.rejects(meter.read(never), {
      code: 'METER_SILENT',
      message: `/first: expected 0 to 1000 W, found ${found}`,
    })
  }
  t.equal(place.asked, 1)
})

t.test('hardware that hangs holds one reading, and nobody waits for it', async t => {
  const readings: ((texts: string[]) => void)[] = []
  const meter = await createFileMeter(
    {
      ...openSysfs('/nowhere'),
      keep: () => ({ read: () => new Promise(resolve => readings.push(resolve)), close() {} }),
    },
    async () => ({
      name: 'test',
      scope: 'board',
      accuracy: 0.1,
      source: '/hangs',
      warnings: [],
      counts: [],
      files: ['hangs'],
      tell: ([text]) => ({ watts: Number(text), rails: [] }),
    }),
  )
  const late = { code: 'METER_SILENT', message: '/hangs: expected an answer in time, found none' }
  const patience = new AbortController()
  const given = meter!.read(patience.signal)
  patience.abort()
  await t.rejects(given, late)
  await t.rejects(meter!.read(AbortSignal.abort()), late)
  const patient = meter!.read(never)
  t.equal(readings.length, 1)
  readings[0]!(['5'])
  t.match(await patient, { watts: 5 })
})

t.test('there is no meter where none is found', async t => {
  t.equal(await createFileMeter(openSysfs('/nowhere'), async () => undefined), undefined)
})
