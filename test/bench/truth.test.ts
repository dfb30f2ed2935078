import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readTruth } from '../../src/bench/truth.js'

const LABELS = ['person', 'bicycle', 'car']
const coco = {
  info: { description: 'what nobody asks for' },
  images: [
    { id: 7, file_name: 'a.jpg', width: 200, height: 100 },
    { id: 9, file_name: 'b.jpg', width: 10, height: 10 },
  ],
  categories: [
    { id: 1, name: 'person' },
    { id: 3, name: 'car' },
    { id: 90, name: 'toothbrush' },
  ],
  annotations: [
    { image_id: 7, category_id: 3, bbox: [20, 10, 100, 50] },
    { image_id: 7, category_id: 1, bbox: [0, 0, 200, 100], ignore: 1 },
  ],
}

function fileOf(t: Test, written: unknown): string {
  const path = join(t.testdir({}), 'labels.json')
  writeFileSync(path, typeof written === 'string' ? written : JSON.stringify(written))
  return path
}

t.test('boxes are told by file, as shares of the picture, by our class numbers', async t => {
  const truth = await readTruth(fileOf(t, coco), LABELS)
  t.same(
    [...truth],
    [
      [
        'a.jpg',
        [
          { classId: 2, box: { x: 0.1, y: 0.1, width: 0.5, height: 0.5 }, ignore: false },
          { classId: 0, box: { x: 0, y: 0, width: 1, height: 1 }, ignore: true },
        ],
      ],
      ['b.jpg', []],
    ],
    'and a picture without a box is one with nothing in it',
  )
})

t.test('boxes of pictures or classes that nobody knows are left out', async t => {
  const box = { bbox: [0, 0, 1, 1] }
  const annotations = [
    { image_id: 1, category_id: 1, ...box },
    { image_id: 7, category_id: 90, ...box },
    { image_id: 7, category_id: 4, ...box },
  ]
  const truth = await readTruth(fileOf(t, { ...coco, annotations }), LABELS)
  t.same(truth.get('a.jpg'), [])
})

t.test('a wrong file is refused by its field', async t => {
  const refused = (written: unknown, message: RegExp) =>
    t.rejects(readTruth(fileOf(t, written), LABELS), { code: 'CONFIG_INVALID', message })
  await refused('no JSON', /^--labels: expected a COCO file, found .*JSON/)
  await refused([], /labels\.json: the file: expected object, found \[\]$/)
  await refused(
    { ...coco, images: undefined },
    /labels\.json: images: expected array, found nothing$/,
  )
  await refused(
    { ...coco, annotations: [{ ...coco.annotations[0], bbox: [1, 2, 3] }] },
    /labels\.json: annotations\[0\]\.bbox/,
  )
  await refused(
    { ...coco, images: [{ ...coco.images[0], width: 0 }] },
    /labels\.json: images\[0\]\.width: expected at least 0, found 0$/,
  )
  await t.rejects(readTruth('/nowhere/labels.json', LABELS), {
    code: 'CONFIG_INVALID',
    message: /^--labels: expected a COCO file, found ENOENT.*\/nowhere\/labels\.json/,
  })
})
