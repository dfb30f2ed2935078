import t from 'tap'
import { invert, multiply, quadratic, solveNonNegative } from '../../src/lib/matrix.js'
import { createRandom } from '../../src/lib/random.js'

t.test('a matrix times its inverse changes nothing', async t => {
  const matrix = [
    [4, 1, 0.5],
    [1, 3, -1],
    [0.5, -1, 2],
  ]
  const back = multiply(invert(matrix), multiply(matrix, [1, 2, 3]))
  t.same(
    back.map(value => Math.round(value * 1e9) / 1e9),
    [1, 2, 3],
  )
})

t.test('a quadratic form is the variance of a weighted sum', async t => {
  const covariance = [
    [4, 1],
    [1, 9],
  ]
  t.equal(quadratic(covariance, [1, 0]), 4)
  t.equal(quadratic(covariance, [1, 1]), 15)
  t.equal(quadratic(covariance, [1, -1]), 11)
})

t.test('least squares that need no bound are solved exactly', async t => {
  // 2x + y = 5, x + 3y = 10
  const found = solveNonNegative(
    [
      [2, 1],
      [1, 3],
    ],
    [5, 10],
  )
  t.same(
    found.map(value => Math.round(value * 1e9) / 1e9),
    [1, 3],
  )
})

t.test('no coefficient is negative, and none could be changed for the better', async t => {
  const random = createRandom(5)
  const wrong: unknown[] = []
  let bound = 0
  for (let trial = 0; trial < 200; trial++) {
    const rows = Array.from({ length: 9 }, () => Array.from({ length: 6 }, random))
    const a = Array.from({ length: 6 }, (_, i) =>
      Array.from({ length: 6 }, (_, j) =>
        rows.reduce((sum, row) => sum + row[i]! * row[j]!, i === j ? 1e-3 : 0),
      ),
    )
    const b = Array.from({ length: 6 }, () => 2 * random() - 1)
    const x = solveNonNegative(a, b)
    const gradient = multiply(a, x).map((value, i) => b[i]! - value)
    // Karush, Kuhn and Tucker
    for (const [i, value] of x.entries()) {
      if (value === 0) bound++
      const settled = value > 0 ? Math.abs(gradient[i]!) < 1e-6 : gradient[i]! < 1e-6
      if (value < 0 || !settled) wrong.push({ trial, i, value, gradient: gradient[i] })
    }
  }
  t.same(wrong, [])
  t.ok(bound > 200, `${bound} of 1200 coefficients lie at the bound`)
})

t.test('what pulls nowhere stays at nothing', async t => {
  t.same(solveNonNegative([[1]], [0]), [0])
  t.same(solveNonNegative([[1]], [-3]), [0])
})
