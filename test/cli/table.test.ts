import t from 'tap'
import { tableOf } from '../../src/cli/table.js'
import { lookFixture } from '../fixtures/services.js'

const report = {
  file: 'porch.jpg',
  frame: { width: 640, height: 480 },
  exit: lookFixture.exit,
  detections: lookFixture.detections,
  timingsMs: { ...lookFixture.timingsMs, total: 10.2 },
  energyMj: {
    total: 51,
    decode: 20,
    gate: 1,
    scout: 30,
    expert: 0,
    method: 'modelled',
    scope: 'process',
    uncertainty: 0.7,
  },
} as const

t.test('a file is a line, and each detection another, with its box in pixels', async t => {
  t.equal(
    tableOf(report),
    'porch.jpg  640x480  scout/confident  10.2 ms, 51 mJ (modelled ±70 %)\n' +
      '  person           0.90  x   64 y   48 w  128 h  288\n',
  )
})

t.test('nothing in view, and a file that could not be read, say so', async t => {
  t.match(tableOf({ ...report, detections: [] }), /\n {2}nothing\n$/)
  t.equal(
    tableOf({ file: 'x.jpg', error: { code: 'PICTURE_BROKEN', message: 'torn' } }),
    'x.jpg\n  PICTURE_BROKEN: torn\n',
  )
})
