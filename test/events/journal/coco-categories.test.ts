import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { cocoCategories } from '../../../src/events/journal/coco-categories.js'
import { packageRoot } from '../../../src/lib/package.js'

const zoo: { labels: { coco: string[] } } = JSON.parse(
  readFileSync(join(packageRoot, 'models/zoo.json'), 'utf8'),
)

t.test('all labels of our models have the numbers of COCO 2017', async t => {
  const all = cocoCategories(zoo.labels.coco)
  t.same(
    all.map(({ name }) => name),
    zoo.labels.coco,
    'in COCO’s order',
  )
  const ids = all.map(({ id }) => id)
  t.ok(ids.every((id, index) => index === 0 || id > ids[index - 1]!))
  const unused = [12, 26, 29, 30, 45, 66, 68, 69, 71, 83]
  t.same(
    Array.from({ length: 90 }, (_, index) => index + 1).filter(id => !ids.includes(id)),
    unused,
    'those that COCO leaves out',
  )
  t.match(all[14], { id: 16, name: 'bird', supercategory: 'animal' })
})

t.test('others are numbered behind, in alphabetical order', async t => {
  t.same(cocoCategories(['parcel', 'dog', 'fox', 'parcel']), [
    { id: 18, name: 'dog', supercategory: 'animal' },
    { id: 1000, name: 'fox', supercategory: 'other' },
    { id: 1001, name: 'parcel', supercategory: 'other' },
  ])
})
