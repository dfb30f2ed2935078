// Does the arm64 package see what x64 sees? Run by `bash scripts/arm/run`: node main.mjs ROOT NODE
//
// A network of 8-bit numbers gives slightly other numbers on each kind of processor (and on one x64 machine with and without the
// runtime's optimisations): its scores have steps of about 0.01, and within some of these a box comes above or below what is shown,
// or suppression chooses another of several proposals for one object. So: each box that one shows is a proposal of the other, at the
// same place with the same score; what one is sure of is shown by the other; how many boxes both show is told; and on at least three
// of the six photographs both show the very same ones.

import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ask, jsonOf } from './service.mjs'

const MIN_IOU = 0.9
const MAX_SCORE_DIFFERENCE = 0.05
/** What scores less is not shown; what scores more by the difference is sure. */
const MIN_SCORE = 0.5
/** Boxes that overlap as much are about the same object. */
const SAME_OBJECT_IOU = 0.5
/** Of the boxes that x64 shows, arm64 shows at least as many. */
const MIN_SHARE = 0.75
/** Photographs of which both show the same boxes and no other. */
const MIN_ALIKE = 3

const here = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const [root, node] = process.argv.slice(2)
const names = [1, 2, 3, 4, 5, 6].map(number => `sample${number}.jpg`)
const pictures = names.map(name => join(here, 'node_modules/@vladmandic/face-api/demo', name))
const emulated = ['qemu-aarch64-static', '-L', root, '-cpu', 'cortex-a76', node]
const { iou } = await import(join(here, 'build/src/lib/box.js'))

async function all(command, home) {
  const proposals = await jsonOf([
    ...command,
    join(here, 'scripts/arm/proposals.mjs'),
    home,
    ...pictures,
  ])
  return {
    proposals,
    ...(await ask([...command, join(home, 'build/src/cli.js')], pictures, MIN_SCORE)),
  }
}

/** Is there the same box, of the same label, among others? */
const isAmong = (box, others) =>
  others.some(
    other =>
      other.label === box.label &&
      iou(other.box, box.box) >= MIN_IOU &&
      Math.abs(other.score - box.score) <= MAX_SCORE_DIFFERENCE,
  )
const shared = (boxes, others) => boxes.filter(box => isAmong(box, others)).length
/** Of what one is sure of, what the other does not show. */
const missed = (boxes, others) =>
  boxes.filter(
    box =>
      box.score >= MIN_SCORE + MAX_SCORE_DIFFERENCE &&
      !others.some(
        other => other.label === box.label && iou(other.box, box.box) >= SAME_OBJECT_IOU,
      ),
  ).length

const x64 = await all(['node'], here)
const arm = await all(emulated, join(root, 'usr/lib/squint'))
const rows = []
const add = (check, expected, found, fine = expected === found) =>
  rows.push({ check, expected, found, fine })
names.forEach((name, i) => {
  const [ours, theirs] = [arm.shown[i], x64.shown[i]]
  add(
    `${name}: boxes of x64 among what arm64 proposes`,
    theirs.length,
    shared(theirs, arm.proposals[i]),
  )
  add(
    `${name}: boxes of arm64 among what x64 proposes`,
    ours.length,
    shared(ours, x64.proposals[i]),
  )
  const sure = missed(ours, theirs) + missed(theirs, ours)
  add(`${name}: objects that one is sure of and the other does not show`, 0, sure)
})
const alike = names.filter((_, i) => {
  const [ours, theirs] = [arm.shown[i], x64.shown[i]]
  return shared(ours, theirs) === ours.length && shared(theirs, ours) === theirs.length
})
add(
  'photographs of which both show the same boxes and no other',
  `>= ${MIN_ALIKE}`,
  `${alike.length}: ${alike.join(', ')}`,
  alike.length >= MIN_ALIKE,
)
const boxes = x64.shown.flat().length
const same = x64.shown.reduce((sum, theirs, i) => sum + shared(theirs, arm.shown[i]), 0)
add(
  `of the ${boxes} boxes that x64 shows, arm64 shows`,
  `>= ${Math.ceil(boxes * MIN_SHARE)}`,
  same,
  same >= boxes * MIN_SHARE,
)
add('objects of the demo camera', '> 0', arm.live, arm.live > 0)
add('exit code after SIGTERM', 0, arm.code)

for (const { check, expected, found, fine } of rows)
  process.stdout.write(
    `${fine ? ' ✓' : ' ✗'} ${check}: ${found}${fine ? '' : `, expected ${expected}`}\n`,
  )
const report = {
  command: 'bash scripts/arm/run',
  machine: `${cpus().length}-core ${cpus()[0].model.trim()}, Node ${process.versions.node}; arm64 under qemu-user as a Cortex-A76`,
  date: new Date().toISOString(),
  rows,
}
mkdirSync(join(here, 'docs/trust'), { recursive: true })
writeFileSync(join(here, 'docs/trust/arm.json'), `${JSON.stringify(report, null, 2)}\n`)
process.exitCode = rows.every(({ fine }) => fine) ? 0 : 1
