// Times models side by side in the service's runtime: one thread, CPU provider, one run of each in turn, medians over all rounds.
//   node time.mjs ROUNDS OUT.json NAME=FILE.onnx ...        (needs onnxruntime-node 1.30.0: npm i --ignore-scripts onnxruntime-node@1.30.0)

import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus } from 'node:os'

const require = createRequire(`${process.cwd()}/`)
const ort = require('onnxruntime-node')
const [rounds, out, ...pairs] = process.argv.slice(2)
const WARM_UP = 10

const models = []
for (const pair of pairs) {
  const [name, file] = pair.split('=')
  const session = await ort.InferenceSession.create(file, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  })
  const [, height, width] = session.inputMetadata[0].shape
  const pixels = Uint8Array.from({ length: height * width * 3 }, (_, i) => (i * 2654435761) >>> 24) // fixed noise
  models.push({
    name,
    session,
    feed: { image: new ort.Tensor('uint8', pixels, [1, height, width, 3]) },
    ms: [],
  })
}
for (let round = -WARM_UP; round < Number(rounds); round++)
  for (const m of models) {
    const start = process.hrtime.bigint()
    const { rows } = await m.session.run(m.feed)
    const ms = Number(process.hrtime.bigint() - start) / 1e6
    if (rows.dims.join() !== '1,100,6') throw new Error(`${m.name}: rows ${rows.dims}`)
    if (round >= 0) m.ms.push(ms)
  }
const at = (sorted, q) =>
  Number(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))].toFixed(3))
const result = {
  machine: `${cpus()[0].model}, 1 thread, onnxruntime-node ${require('onnxruntime-node/package.json').version}, node ${process.version}`,
  rounds: Number(rounds),
  models: {},
}
for (const m of models) {
  m.ms.sort((a, b) => a - b)
  result.models[m.name] = { median: at(m.ms, 0.5), p10: at(m.ms, 0.1), p90: at(m.ms, 0.9) }
  process.stdout.write(`${m.name.padEnd(44)} ${JSON.stringify(result.models[m.name])}\n`)
}
writeFileSync(out, `${JSON.stringify(result, null, 1)}\n`)
