/**
 * What unpacking in compiled code does to accuracy: AP50 of both networks on labelled pictures, as a camera of 1280 pixels would give
 * them, by sharp, by our own loops and by native/pixels.c.
 *
 *     bash scripts/build && node scripts/bench/decoders.mjs FOLDER [PICTURES]    a folder of images/ and instances.json
 */
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { averagePrecision } from '../../build/src/bench/average-precision.js'
import { readTruth } from '../../build/src/bench/truth.js'
import { openDetector } from '../../build/src/cascade/session.js'
import { createStages } from '../../build/src/cascade/stages.js'
import { findModel, readModel } from '../../build/src/cascade/zoo.js'
import { createImageCodec } from '../../build/src/frame/image.js'
import { loadPixels } from '../../build/src/frame/pixels.js'
import { createViewer } from '../../build/src/frame/view.js'
import { rgbToYuv } from '../../build/src/frame/yuv.js'
import { packageRoot } from '../../build/src/lib/package.js'

const WIDTH = 1280
const QUALITY = 85
const FLOOR = 0.02

const [folder, most = '500'] = process.argv.slice(2)
if (folder === undefined) throw new Error('expected a folder of images/ and instances.json')

const load = async role => {
  const model = await findModel(join(packageRoot, 'models'), role)
  return openDetector(model, await readModel(model), 1)
}
const scout = await load('scout')
const expert = await load('expert')
const codec = createImageCodec()
const sizes = { preview: scout.model.input, largest: expert.model.input }
const stages = pixels =>
  createStages({ view: createViewer({ codec, pixels, ...sizes }), scout, expert })
const slow = stages(undefined)
const fast = stages(loadPixels())
const ways = {
  'JPEG by sharp': [slow, 'jpeg'],
  'JPEG by native': [fast, 'jpeg'],
  'YUV by our own loops': [slow, 'raw'],
  'YUV by native': [fast, 'raw'],
}

const truth = await readTruth(join(folder, 'instances.json'), scout.model.labels)
const names = [...truth.keys()].slice(0, Number(most))
const judged = Object.fromEntries(Object.keys(ways).map(way => [way, { scout: [], expert: [] }]))
for (const name of names) {
  const file = readFileSync(join(folder, 'images', name))
  const { width, height } = await codec.identify(file)
  const rows = Math.round((height * WIDTH) / width) & ~1
  const rgb = await codec.decode(file, WIDTH, rows)
  const data = await codec.encode(rgb, WIDTH, rows, QUALITY)
  const pictures = {
    jpeg: { format: 'jpeg', width: WIDTH, height: rows, data },
    raw: rgbToYuv(rgb, WIDTH, rows),
  }
  for (const [way, [open, kind]] of Object.entries(ways)) {
    const picture = await open(pictures[kind])
    judged[way].scout.push({ detections: await picture.scout(FLOOR), truth: truth.get(name) })
    const { detections } = await picture.expert(FLOOR)
    judged[way].expert.push({ detections, truth: truth.get(name) })
  }
}

const say = text => process.stdout.write(`${text}\n`)
say(`${cpus()[0]?.model}, node ${process.version}, ${names.length} pictures\n`)
say('| | scout AP50 | expert AP50 |\n|---|---|---|')
for (const [way, found] of Object.entries(judged)) {
  const ap50 = role => averagePrecision(found[role]).ap50.toFixed(4)
  say(`| ${way} | ${ap50('scout')} | ${ap50('expert')} |`)
}
await scout.close()
await expert.close()
