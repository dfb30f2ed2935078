import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { budgetSchema } from '../../src/cascade/config.js'
import { parseConfig } from '../../src/config/load.js'
import { configuredDrawing, openControls } from '../../src/service/controls.js'

const triangle: [number, number][] = [
  [0, 0],
  [1, 0],
  [0.5, 1],
]
const path = { name: 'path', polygon: triangle, minSeconds: 2 }

/** What clients have changed, kept in a folder of the test's own. */
async function open(t: Test, folder = t.testdir(), budget: object = {}) {
  const file = join(folder, 'state', 'controls.json')
  const lost: string[] = []
  let applied = 0
  const controls = await openControls({
    file,
    cameras: () => ['porch', 'yard'],
    configuredBudget: () => budgetSchema.parse(budget),
    configuredDrawing: () => ({ zones: [path], masks: [] }),
    configuration: () => ({ file: null, loadedAt: '', error: null, needRestart: [] }),
    async applied() {
      applied++
    },
    onLost: reason => lost.push(reason),
  })
  return { controls, file, folder, lost, applied: () => applied }
}

t.test('detection is on until it is switched off, and that is kept through restarts', async t => {
  const { controls, folder, applied } = await open(t)
  let told = 0
  const listening = new AbortController()
  controls.onChange(() => told++, listening.signal)
  t.ok(controls.detection('porch'))
  await controls.setDetection('porch', false)
  t.notOk(controls.detection('porch'))
  t.notOk(controls.looks('porch'))
  t.ok(controls.detection('yard'))
  t.ok(controls.looks('a camera that is only about to be there'))
  t.same([told, applied()], [1, 1])

  const again = await open(t, folder)
  t.notOk(again.controls.detection('porch'))
  await again.controls.setDetection('porch', true)
  t.ok((await open(t, folder)).controls.detection('porch'))

  listening.abort()
  controls.announce()
  t.equal(told, 1)
})

t.test(
  'a budget is as configured until a target is moved, lifted, or all are switched off',
  async t => {
    const budget = { watts: 2, celsius: 70, minFps: 3 }
    const { controls, folder } = await open(t, t.testdir(), budget)
    t.same(controls.budget(), {
      enabled: true,
      watts: 2,
      millijoulesPerFrame: null,
      milliseconds: null,
      celsius: 70,
    })
    await controls.setBudget({ watts: 1.5, celsius: null })
    t.match(controls.budget(), { watts: 1.5, celsius: null })
    const configured = budgetSchema.parse(budget)
    t.same(controls.budgetOf(configured), { watts: 1.5, minFps: 3 })
    await controls.setBudget({ enabled: false })
    t.match(controls.budget(), { enabled: false, watts: 1.5 })
    t.same((await open(t, folder, budget)).controls.budgetOf(configured), { minFps: 3 })

    const wrong = { watts: -1 }
    await t.rejects(controls.setBudget(wrong), {
      code: 'REQUEST_INVALID',
      message: 'budget: watts: expected at least 0.01, found -1',
    })
    t.match(controls.budget(), { watts: 1.5 })
  },
)

t.test('what is drawn stands in for what is configured, until it is taken back', async t => {
  const { controls, folder } = await open(t)
  t.same(controls.drawing('porch'), { zones: [path], masks: [], source: 'configured' })
  const drawing = { zones: [], masks: [triangle] }
  await controls.setDrawing('porch', drawing)
  t.same(controls.drawing('porch'), { ...drawing, source: 'drawn' })
  t.match(controls.drawing('yard'), { source: 'configured' })
  t.same(controls.drawn('porch', { zones: [], masks: [] }), drawing)
  t.same((await open(t, folder)).controls.drawing('porch'), { ...drawing, source: 'drawn' })
  await controls.resetDrawing('porch')
  t.match(controls.drawing('porch'), { source: 'configured' })

  await t.rejects(controls.setDrawing('porch', { zones: [path, path], masks: [] }), {
    code: 'REQUEST_INVALID',
    message: /zones\[1\]\.name: expected a name that no other zone has, found "path" again/,
  })
})

t.test('a camera that there is not is named with those that there are', async t => {
  const { controls } = await open(t)
  const unknown = {
    code: 'CAMERA_UNKNOWN',
    message: 'camera: expected one of porch, yard, found attic',
  }
  t.throws(() => controls.detection('attic'), unknown)
  t.throws(() => controls.drawing('attic'), unknown)
  await t.rejects(controls.setDetection('attic', false), unknown)
  await t.rejects(controls.setDrawing('attic', { zones: [], masks: [] }), unknown)
  await t.rejects(controls.resetDrawing('attic'), unknown)
})

t.test('what cannot be kept does not hold', async t => {
  const folder = t.testdir({ state: 'a file, no folder' })
  const { controls, applied } = await open(t, folder)
  const unwritable = { code: 'STATE_UNWRITABLE', message: /expected a folder that can be written/ }
  await t.rejects(controls.setDetection('porch', false), unwritable)
  t.ok(controls.detection('porch'))
  t.equal(applied(), 0)
  await t.rejects(controls.setBudget({ enabled: false }), unwritable)
})

t.test('changes at once are kept one after the other', async t => {
  const { controls, file } = await open(t)
  await Promise.all([
    controls.setDetection('porch', false),
    controls.setDetection('yard', false),
    controls.setBudget({ watts: 1 }),
  ])
  t.match(JSON.parse(readFileSync(file, 'utf8')), {
    detectionOff: ['porch', 'yard'],
    budget: { watts: 1 },
  })
})

t.test('a state that cannot be read is put aside and told, not overwritten', async t => {
  const folder = t.testdir({ state: {} })
  const file = join(folder, 'state', 'controls.json')
  writeFileSync(file, '{"detectionOff": "all"}')
  const { controls, lost } = await open(t, folder)
  t.ok(controls.detection('porch'))
  t.match(lost, [/expected what clients have changed, found .*; now .*controls\.json\.invalid/s])
  t.notOk(existsSync(file))
  t.equal(readFileSync(`${file}.invalid`, 'utf8'), '{"detectionOff": "all"}')
})

t.test('a state that is there but cannot be opened is told too', async t => {
  // a folder in its place cannot be read by anybody, root included
  const folder = t.testdir({ state: { 'controls.json': { inside: '' } } })
  const { controls, file, lost } = await open(t, folder)
  t.match(lost, [/found EISDIR.*; now .*controls\.json\.invalid/s])
  await controls.setDetection('porch', false)
  t.match(JSON.parse(readFileSync(file, 'utf8')), { detectionOff: ['porch'] })

  // another one that was put aside before is in the way
  const stuck = t.testdir({
    state: { 'controls.json': { inside: '' }, 'controls.json.invalid': { inside: '' } },
  })
  t.match((await open(t, stuck)).lost, [/found EISDIR.*; and it stays there: ENOTEMPTY/s])
})

t.test('what the configuration draws is what it says, or nothing', async t => {
  const { events } = parseConfig(
    { events: { cameras: { porch: { masks: [triangle] } } } },
    {},
    'test',
  )
  t.same(configuredDrawing({ events }, 'porch').masks, [triangle])
  t.same(configuredDrawing({ events }, 'yard'), { zones: [], masks: [] })
})
