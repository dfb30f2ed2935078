import t from 'tap'
import { createBackground } from '../../../src/cascade/gate/background.js'
import { BLOCKS, CELLS } from '../../../src/cascade/gate/blocks.js'
import { createShiftFinder } from '../../../src/cascade/gate/shake.js'
import { createChance, type FrameOptions, frame } from '../../fixtures/luma.js'

const FIGURE = [64, 40, 16, 32] as const
/** Blocks that the figure covers. */
const COVERED = 8

/** A background that has seen the yard for three seconds. */
function settled() {
  const chance = createChance()
  const background = createBackground()
  const see = (options: FrameOptions = {}) => {
    const luma = frame(chance, options)
    return { luma, differing: background.compare(luma, background.cells) }
  }
  background.restart(frame(chance))
  for (let i = 0; i < 30; i++) background.learn(see().luma, 100)
  return { background, see }
}

t.test('what stands before the background differs, block by block', async t => {
  const { background, see } = settled()
  t.equal(see().differing, 0)
  const { differing } = see({ figure: FIGURE })
  t.equal(differing, COVERED)
  t.same(
    [...background.excess].flatMap((times, block) => (times > 1 ? [block] : [])),
    [108, 109, 128, 129, 148, 149, 168, 169],
  )
})

t.test('light alone does not differ: darker, brighter, on one side only, clipped', async t => {
  const { background, see } = settled()
  t.equal(see({ light: grey => grey * 0.6 }).differing, 0)
  t.ok(Math.abs(background.gain - 0.62) < 0.03, `${background.gain}`)
  t.equal(see({ light: (grey, x) => grey * (1 - x / 400) }).differing, 0)
  t.equal(see({ light: grey => grey * 1.6 }).differing, 0)
})

t.test('fading shadows are forgiven, a figure is not', async t => {
  const { background, see } = settled()
  const faded = see({ light: grey => 90 + (grey - 90) * 0.7 })
  t.ok(faded.differing > 10, `${faded.differing} blocks`)
  background.forgiveFading(faded.luma)
  t.ok(background.excess.filter(times => times > 1).length < faded.differing / 4)
  const { luma } = see({ figure: FIGURE })
  background.forgiveFading(luma)
  t.equal(background.excess.filter(times => times > 1).length, COVERED)
})

t.test('noise that comes up suddenly is absorbed, a figure is not', async t => {
  const { background, see } = settled()
  const noisy = see({ noise: 9 })
  t.ok(noisy.differing > 200, `${noisy.differing}`)
  t.ok(background.absorbNoise(noisy.luma, noisy.differing) < 5)
  t.ok(background.excess.filter(times => times > 1).length < 5)
  const { background: other, see: seeOther } = settled()
  const { luma, differing } = seeOther({ figure: [20, 10, 60, 80] })
  t.equal(other.absorbNoise(luma, differing), differing)
})

t.test('slack and a moved reference explain a camera that swung', async t => {
  const { background, see } = settled()
  const { find, move, slack } = createShiftFinder()
  const { luma, differing } = see({ swing: [2.3, 1] })
  t.ok(differing > 80, `${differing}`)
  find(luma, background)
  const moved = move(background.cells)
  t.ok(background.differingBeyond(slack) < differing)
  t.ok(background.differingBeyond(slack) > 20)
  t.ok(background.compare(luma, moved, slack) < 5)
  t.equal(background.differingBeyond(new Float32Array(BLOCKS).fill(500)), 0)
})

t.test('slow change is learned, what stands still for half a second at once', async t => {
  const { background, see } = settled()
  const at = 50 * 160 + 70
  const before = background.cells[at]!
  for (let i = 0; i < 3; i++) background.learn(see({ figure: FIGURE }).luma, 100)
  t.ok(Math.abs(background.cells[at]! - before) < 20, 'it might still move')
  for (let i = 0; i < 4; i++) background.learn(see({ figure: FIGURE }).luma, 100)
  t.equal(see({ figure: FIGURE }).differing, 0)
  t.equal(see().differing, COVERED, 'it left a ghost')
  for (let i = 0; i < 7; i++) background.learn(see().luma, 100)
  t.equal(see().differing, 0, 'which is gone half a second later')
})

t.test('a restart knows nothing but the picture it is given', async t => {
  const { background, see } = settled()
  const { luma } = see({ figure: FIGURE })
  background.restart(luma)
  t.same(background.cells, Float32Array.from(luma))
  t.equal(background.cells.length, CELLS)
  t.equal(see({ figure: FIGURE }).differing, 0)
})
