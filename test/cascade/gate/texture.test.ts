import t from 'tap'
import { BLOCKS } from '../../../src/cascade/gate/blocks.js'
import {
  blend,
  findGains,
  findResiduals,
  fitContrast,
  isNoise,
  isSame,
} from '../../../src/cascade/gate/texture.js'
import { createChance, frame, paint, yard } from '../../fixtures/luma.js'

const BACKGROUND = Float32Array.from(paint(yard))

t.test('a block has the gain of its light, and no residual then', async t => {
  const gains = new Float32Array(BLOCKS)
  const residual = new Float32Array(BLOCKS)
  // light multiplies grey levels above the black level of the sensor
  const dimmed = paint((x, y) => (yard(x, y) + 8) * (x < 80 ? 0.7 : 1) - 8)
  findGains(dimmed, BACKGROUND, gains)
  t.ok(Math.abs(gains[0]! - 0.7) < 0.01, `${gains[0]}`)
  t.ok(Math.abs(gains[19]! - 1) < 0.01, `${gains[19]}`)
  findResiduals(dimmed, BACKGROUND, gains, residual)
  t.ok(
    residual.every(value => value < 0.6),
    `${Math.max(...residual)}`,
  )
})

t.test('one block can be looked at alone', async t => {
  const residual = new Float32Array(BLOCKS)
  findResiduals(
    paint(() => 0),
    BACKGROUND,
    new Float32Array(BLOCKS).fill(1),
    residual,
    7,
    8,
  )
  t.ok(residual[7]! > 20)
  t.equal(residual.filter(value => value > 0).length, 1)
})

t.test('white stays white when it becomes brighter', async t => {
  const residual = new Float32Array(BLOCKS)
  const white = paint(() => 255)
  findResiduals(white, Float32Array.from(white), new Float32Array(BLOCKS).fill(1.5), residual)
  t.equal(residual[0], 0)
})

t.test('texture with less contrast is the same texture, a flat board before it is not', async t => {
  const residual = new Float32Array(BLOCKS).fill(100)
  const mean = BACKGROUND.slice(0, 8).reduce((sum, grey) => sum + grey, 0) / 8
  fitContrast(
    paint((x, y) => mean + (yard(x, y) - mean) * 0.85),
    BACKGROUND,
    residual,
    0,
  )
  t.ok(residual[0]! < 0.6, `${residual[0]}`)
  fitContrast(
    paint(() => mean),
    BACKGROUND,
    residual,
    20,
  )
  t.ok(residual[20]! > 5, `${residual[20]}`)
  fitContrast(
    paint(() => 90),
    new Float32Array(BACKGROUND.length).fill(60),
    residual,
    40,
  )
  t.equal(residual[40], 0, 'what has no contrast is no trouble')
})

t.test('a block is the same but for its limit', async t => {
  const limits = new Float32Array(BLOCKS).fill(3)
  const grey = paint(() => 100)
  t.ok(
    isSame(
      grey,
      paint(() => 103),
      limits,
      33,
    ),
  )
  t.notOk(
    isSame(
      grey,
      paint(() => 104),
      limits,
      33,
    ),
  )
})

t.test('the noise of a sensor is told from a figure', async t => {
  const chance = createChance()
  const reference = { cells: BACKGROUND, gain: 1 }
  t.ok(isNoise(frame(chance, { noise: 6 }), reference))
  t.notOk(isNoise(frame(chance, { figure: [40, 30, 30, 50] }), reference))
  t.ok(isNoise(paint(yard), { cells: BACKGROUND, gain: 1 }), 'no difference at all')
})

t.test('each block is learned at its own rate', async t => {
  const cells = new Float32Array(BACKGROUND.length)
  const rates = new Float32Array(BLOCKS)
  rates[1] = 0.5
  rates[239] = 1
  blend(
    paint(() => 100),
    cells,
    rates,
  )
  t.equal(cells[0], 0)
  t.equal(cells[8], 50)
  t.equal(cells.at(-1), 100)
  t.equal(cells.filter(grey => grey > 0).length, 128)
})
