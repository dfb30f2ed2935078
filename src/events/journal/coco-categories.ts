export interface CocoCategory {
  readonly id: number
  readonly name: string
  readonly supercategory: string
}

/** COCO 2017's 80 things by their groups; the numbers of each group begin where `from` says, an empty name stands for a number that COCO does not use. */
const GROUPS = [
  { from: 1, group: 'person', names: 'person' },
  { from: 2, group: 'vehicle', names: 'bicycle,car,motorcycle,airplane,bus,train,truck,boat' },
  {
    from: 10,
    group: 'outdoor',
    names: 'traffic light,fire hydrant,,stop sign,parking meter,bench',
  },
  { from: 16, group: 'animal', names: 'bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe' },
  { from: 27, group: 'accessory', names: 'backpack,umbrella,,,handbag,tie,suitcase' },
  {
    from: 34,
    group: 'sports',
    names:
      'frisbee,skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket',
  },
  { from: 44, group: 'kitchen', names: 'bottle,,wine glass,cup,fork,knife,spoon,bowl' },
  {
    from: 52,
    group: 'food',
    names: 'banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake',
  },
  { from: 62, group: 'furniture', names: 'chair,couch,potted plant,bed,,dining table,,,toilet' },
  { from: 72, group: 'electronic', names: 'tv,laptop,mouse,remote,keyboard,cell phone' },
  { from: 78, group: 'appliance', names: 'microwave,oven,toaster,sink,refrigerator' },
  { from: 84, group: 'indoor', names: 'book,clock,vase,scissors,teddy bear,hair drier,toothbrush' },
] as const

/** Above all that COCO and its relatives (91 things, 91 kinds of stuff) use. */
const FIRST_OWN = 1000

/** The categories of some labels: COCO 2017's own with its numbers, others from 1000 on in alphabetical order. */
export function cocoCategories(labels: readonly string[]): CocoCategory[] {
  const used = new Set(labels)
  const known = GROUPS.flatMap(({ from, group, names }) =>
    names.split(',').map((name, index) => ({ id: from + index, name, supercategory: group })),
  ).filter(({ name }) => used.has(name))
  for (const { name } of known) used.delete(name)
  const own = [...used]
    .sort()
    .map((name, index) => ({ id: FIRST_OWN + index, name, supercategory: 'other' }))
  return [...known, ...own]
}
