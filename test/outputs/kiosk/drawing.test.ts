import t from 'tap'
import { isDrawing } from '../../../src/outputs/kiosk/drawing.js'

const polygon = [
  [0, 0],
  [1, 0],
  [1, 1],
]

t.test('a drawing as the service sends it is understood', async t => {
  t.ok(isDrawing({ zones: [], masks: [], source: 'configured' }))
  const zone = { name: 'path', polygon, minSeconds: 0 }
  t.ok(
    isDrawing({ zones: [zone, { ...zone, labels: ['car'] }], masks: [polygon], source: 'drawn' }),
  )
})

t.test('points that are none are refused', async t => {
  for (const point of [[0], [0, 0, 0], [0, '1'], { x: 0, y: 0 }]) {
    t.notOk(isDrawing({ zones: [], masks: [[point]], source: 'drawn' }), JSON.stringify(point))
  }
  t.notOk(isDrawing({ zones: [], masks: [], source: 'guessed' }))
})
