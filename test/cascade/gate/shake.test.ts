import t from 'tap'
import { createShiftFinder } from '../../../src/cascade/gate/shake.js'
import { createChance, frame, paint, yard } from '../../fixtures/luma.js'

const BACKGROUND = { cells: Float32Array.from(paint(yard)), gain: 1 }

t.test(
  'shifts are found to a third of a cell, up to three cells, in noise and other light',
  async t => {
    const chance = createChance()
    const { find, shift } = createShiftFinder()
    for (const swing of [
      [0, 0],
      [1, -1],
      [0.5, 0.3],
      [-2.4, 1.6],
      [2, 2.7],
      [-3, -3],
      [3, 0],
    ] as const) {
      for (const gain of [1, 0.7]) {
        find(frame(chance, { swing, noise: 3, light: grey => grey * gain }), {
          ...BACKGROUND,
          gain,
        })
        t.ok(
          Math.abs(shift.x - swing[0]) < 0.35 && Math.abs(shift.y - swing[1]) < 0.35,
          `${swing}: ${shift.x} ${shift.y}`,
        )
      }
    }
  },
)

t.test('a figure before it does not mislead the search', async t => {
  const { find, shift } = createShiftFinder()
  find(frame(createChance(), { swing: [1.5, -1], figure: [60, 30, 30, 50] }), BACKGROUND)
  t.ok(Math.abs(shift.x - 1.5) < 0.35 && Math.abs(shift.y + 1) < 0.35, `${shift.x} ${shift.y}`)
})

t.test('a plain wall gives no shift', async t => {
  const { find, shift } = createShiftFinder()
  find(
    paint(() => 90),
    { cells: new Float32Array(15_360).fill(90), gain: 1 },
  )
  t.same(shift, { x: 0, y: 0 })
})

t.test(
  'the moved reference is as the picture, edges repeated, and edges are given slack',
  async t => {
    const { find, move, slack } = createShiftFinder()
    const now = paint((x, y) => yard(x - 2, y + 1))
    find(now, BACKGROUND)
    const moved = move(BACKGROUND.cells)
    let worst = 0
    for (let y = 4; y < 92; y++) {
      for (let x = 4; x < 156; x++)
        worst = Math.max(worst, Math.abs(moved[y * 160 + x]! - now[y * 160 + x]!))
    }
    t.ok(worst < 12, `${worst} grey levels`)
    t.ok(
      Math.abs(moved[80 * 160]! - BACKGROUND.cells[81 * 160]!) < 3,
      'the left column repeats the edge',
    )
    const door = 3 * 20 + 12
    t.ok(
      slack[door]! > 1.4 * slack[9 * 20 + 12]!,
      `${slack[door]} at the door, ${slack[9 * 20 + 12]} on the ground`,
    )
  },
)
