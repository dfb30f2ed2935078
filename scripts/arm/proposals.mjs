// What the expert proposes for pictures before suppression chooses, as JSON: node proposals.mjs HOME PICTURE...
// HOME is where squint lies: of this machine, or unpacked for another.

import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const [home, ...pictures] = process.argv.slice(2)
const load = file => import(join(resolve(home), 'build/src', file))
const { createImageCodec } = await load('frame/image.js')
const { openDetector } = await load('cascade/session.js')
const { toDetections } = await load('cascade/suppress.js')
const { findModel, readModel } = await load('cascade/zoo.js')

const model = await findModel(join(home, 'models'), 'expert')
const codec = createImageCodec()
const detector = await openDetector(model, await readModel(model), 1)
const proposals = []
for (const picture of pictures) {
  const data = readFileSync(picture)
  const placed = detector.place(await codec.identify(data))
  const rows = await detector.run(await codec.decode(data, placed.width, placed.height), placed, 0)
  // no two boxes overlap by more than all
  proposals.push(toDetections(rows, { ...model, nmsIou: 1 }, placed, 0))
}
await detector.close()
process.stdout.write(JSON.stringify(proposals))
