// What the gate costs on a 720p YUV frame, thumbnail included, and if it allocates:
//   bash scripts/build && node --expose-gc scripts/bench/gate.mjs

import { cpus } from 'node:os'
import { createGate } from '../../build/src/cascade/gate/gate.js'
import {
  createThumbnailer,
  THUMBNAIL_HEIGHT,
  THUMBNAIL_WIDTH,
} from '../../build/src/frame/thumbnail.js'

const [width, height, fps] = [1280, 720, 15]
const ROUNDS = 3000
const WARM = 500

/** A textured scene with sensor noise; what happens in it is drawn on top. */
let state = 7
const random = () => {
  state = (state * 48271) % 2147483647
  return state / 2147483647
}
const still = Uint8Array.from({ length: width * height }, (_, i) => {
  const [x, y] = [i % width, Math.floor(i / width)]
  return 90 + 40 * Math.sin(x / 37) * Math.cos(y / 23) + 20 * Math.sin((x + 2 * y) / 9)
})
const noisy = Array.from({ length: 8 }, () => {
  const data = new Uint8Array((width * height * 3) / 2).fill(128)
  for (let i = 0; i < still.length; i++) data[i] = still[i] + 4 * (random() - 0.5)
  return data
})

const scenes = {
  quiet: () => {},
  'one person walks': (data, frame) => draw(data, (frame * 7) % (width - 90), 300, 80, 240),
  'a crowd walks': (data, frame) => {
    for (let person = 0; person < 12; person++) {
      draw(
        data,
        (person * 101 + frame * (3 + (person % 4))) % (width - 90),
        200 + 30 * (person % 8),
        60,
        180,
      )
    }
  },
}

function draw(data, left, top, w, h) {
  for (let y = top; y < Math.min(height, top + h); y++)
    data.fill(220, y * width + left, y * width + left + w)
}

const rows = Object.entries(scenes).map(([name, happens]) => {
  const gate = createGate()
  const thumbnailer = createThumbnailer(width, height)
  const luma = new Uint8Array(THUMBNAIL_WIDTH * THUMBNAIL_HEIGHT)
  const frames = noisy.map(data => data.slice())
  const ms = new Float64Array(ROUNDS)
  let woken = 0
  let heap = 0
  for (let round = -WARM; round < ROUNDS; round++) {
    const data = frames[(round + WARM) % frames.length]
    data.set(noisy[(round + WARM) % noisy.length])
    happens(data, round + WARM)
    const picture = { format: 'yuv420', width, height, data }
    if (round === 0) {
      globalThis.gc?.()
      heap = process.memoryUsage().heapUsed
    }
    const start = performance.now()
    thumbnailer.fromLuma(picture.data, luma)
    const { motion } = gate.read(luma, ((round + WARM) * 1000) / fps)
    if (round < 0) continue
    ms[round] = performance.now() - start
    if (motion > 0) woken++
  }
  globalThis.gc?.()
  const grown = process.memoryUsage().heapUsed - heap
  ms.sort()
  return [name, ms[ROUNDS / 2], ms[Math.floor(0.95 * ROUNDS)], woken / ROUNDS, grown / ROUNDS]
})

const lines = rows.map(
  ([name, median, p95, woken, bytes]) =>
    `| ${name} | ${median.toFixed(3)} | ${p95.toFixed(3)} | ${(100 * woken).toFixed(1)} % | ${bytes.toFixed(1)} |`,
)
process.stdout.write(
  [
    `Thumbnail and gate on a ${width}x${height} YUV frame, ${ROUNDS} frames each; ${cpus()[0].model}, node ${process.version}.`,
    '',
    '| scene | ms, median | p95 | frames with motion | bytes of heap kept per frame |',
    '|---|---:|---:|---:|---:|',
    ...lines,
    '',
  ].join('\n'),
)
