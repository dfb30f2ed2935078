import t from 'tap'
import {
  answers,
  chooseLines,
  type Line,
  listed,
  numberIn,
  readLines,
  wattsOf,
} from '../../../src/power/meters/lines.js'
import { openSysfs } from '../../../src/power/sysfs.js'

const input: Line = { name: 'input', files: ['in1', 'curr1'], unit: 1e-6 }
const camera: Line = { name: 'camera', files: ['power2'], unit: 1e-3 }
const both = [input, camera]

t.test("a line's power is the product of its files", async t => {
  t.equal(wattsOf(input, ['5000', '600']), 3)
  t.equal(wattsOf(camera, ['250']), 0.25)
})

t.test('a file that says no number is named, with what it says', async t => {
  const code = 'METER_SILENT'
  t.throws(() => numberIn('sys/in1', 'forty'), {
    code,
    message: '/sys/in1: expected a number, found "forty"',
  })
  t.throws(() => wattsOf(input, ['5000']), {
    code,
    message: '/curr1: expected a number, found a file that cannot be read',
  })
})

t.test('lines outside the total may be missing, those of the total must not', async t => {
  const { files, counts, tell } = readLines(both, new Set(['input']))
  t.same(counts, ['input'])
  t.same(files, ['in1', 'curr1', 'power2'])
  t.match(tell(['5000', '600', '250']), {
    watts: 3,
    rails: [{ name: 'input' }, { name: 'camera', watts: 0.25 }],
  })
  t.same(tell(['5000', '600', undefined]), { watts: 3, rails: [{ name: 'input', watts: 3 }] })
  t.throws(() => tell(['5000', '', '250']), { code: 'METER_SILENT', message: /curr1/ })
})

t.test('all lines make up the total unless the configuration names some', async t => {
  t.same(chooseLines([input], undefined), { total: new Set(['input']), warnings: [] })
  t.same(chooseLines(both, ['camera']), { total: new Set(['camera']), warnings: [] })
  const all = chooseLines(both, undefined)
  t.same(all.total, new Set(['input', 'camera']))
  t.match(all.warnings, [/^input and camera are summed: .*\.$/])
})

t.test('a name that does not exist is reported', async t => {
  t.match(chooseLines(both, ['input', 'fan']), {
    total: new Set(['input']),
    warnings: ['The configuration names fan, but there is only input and camera.'],
  })
  const none = chooseLines(both, ['fan'])
  t.same(none.total, new Set(['input', 'camera']))
  t.equal(none.warnings.length, 2)
})

t.test('one line that says numbers is an answer', async t => {
  const sysfs = openSysfs(t.testdir({ in1: '5000', curr1: 'x', power2: '250' }))
  t.equal(await answers(sysfs, [input]), false)
  t.equal(await answers(sysfs, both), true)
  t.equal(await answers(sysfs, []), false)
})

t.test('names are listed as people do', async t => {
  t.equal(listed(['a', 'b', 'c']), 'a, b, and c')
})
