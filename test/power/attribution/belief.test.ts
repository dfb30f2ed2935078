import t from 'tap'
import { reportPicture } from '../../../src/power/picture-report.js'
import { energyOfBoard } from '../../fixtures/energy.js'
import { exitFixture } from '../../fixtures/exit.js'
import { lookFixture } from '../../fixtures/services.js'

const timings = { decode: 10, gate: 1, scout: 20, expert: 40 }

t.test('energy is what each stage draws times the time that it took, and says so', async t => {
  const energy = await energyOfBoard('Raspberry Pi 4')
  t.same(energy.attribute(timings), {
    total: 66.03,
    decode: 9.3,
    gate: 0.93,
    scout: 18.6,
    expert: 37.2,
    method: 'modelled',
    scope: 'process',
    // 30 % together, and 15 % each for itself: less, the more of them take part
    uncertainty: 0.315,
  })
  t.match(energy.attribute({ ...timings, decode: 0, gate: 0, scout: 0 }), { uncertainty: 0.335 })
  t.match(energy, { board: 'Raspberry Pi 4' })
  t.match(energy.knowledge(), { method: 'modelled' })
  t.match(energy.idle(), { watts: 2.7 })
  t.equal(energy.balance(), null)
})

t.test('a single picture is reported with its cost', async t => {
  const exit = exitFixture({ reason: 'empty' })
  const timingsMs = { ...timings, remote: 9 }
  const look = { ...lookFixture, exit, timingsMs, width: 4, height: 2 }
  t.match(reportPicture(look, await energyOfBoard('Raspberry Pi 4')), {
    frame: { width: 4, height: 2 },
    exit,
    timingsMs: { remote: 9, total: 80 },
    energyMj: { total: 66.03 },
  })
})

t.test('a scale that is wrong for all stages alike does not hide which way costs more', async t => {
  const { compare } = await energyOfBoard('a server of which nothing is known')
  const expert = { decode: 10, gate: 0, scout: 0, expert: 40 }
  const scout = { decode: 10, gate: 0, scout: 10, expert: 0 }
  const difference = compare(scout, expert)
  t.match(difference, { distinguishable: true, millijoules: 150 })
  t.ok(difference.distinguishable && difference.uncertainty > 0.6 * 150, 'its size is uncertain')
  t.match(compare(expert, scout), { millijoules: -150 })
})

t.test('what is less than three times its uncertainty is no difference', async t => {
  const { compare } = await energyOfBoard('Raspberry Pi 4')
  const one = { decode: 0, gate: 0, scout: 10, expert: 0 }
  t.same(compare(one, one), { distinguishable: false })
  // 10 ms against 14 ms of another stage, when each stage may be off by 15 %
  t.same(compare(one, { ...one, scout: 0, expert: 14 }), { distinguishable: false })
  t.match(compare(one, { ...one, scout: 14 }), { distinguishable: true }, 'the same stage')
})
