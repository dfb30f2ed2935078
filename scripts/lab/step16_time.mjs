// Times models side by side in the service's runtime: one thread, CPU provider, one run of each in turn, medians over all rounds.
// Ours (uint8) and other people's (float, any heads) alike: what a file takes is read from it.
//   node step16_time.mjs ROUNDS OUT.json NAME=FILE.onnx ...        (needs onnxruntime-node 1.30.0: npm i --ignore-scripts onnxruntime-node@1.30.0)

import { statSync, writeFileSync } from 'node:fs'
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
  const { name: input, type, shape } = session.inputMetadata[0]
  if (!shape.every(Number.isInteger))
    throw new Error(`${name}: ${input} has the open shape ${shape}`)
  const noise = i => (i * 2654435761) >>> 24 // fixed
  const length = shape.reduce((product, size) => product * size, 1)
  const data =
    type === 'uint8'
      ? Uint8Array.from({ length }, (_, i) => noise(i))
      : Float32Array.from({ length }, (_, i) => noise(i) / 128 - 1) // as most are normalised
  const ours = session.outputNames.includes('rows')
  models.push({
    name,
    session,
    ours,
    bytes: statSync(file).size,
    feed: { [input]: new ort.Tensor(type, data, shape) },
    ms: [],
  })
}
for (let round = -WARM_UP; round < Number(rounds); round++)
  for (const m of models) {
    const start = process.hrtime.bigint()
    const { rows } = await m.session.run(m.feed)
    const ms = Number(process.hrtime.bigint() - start) / 1e6
    if (m.ours && rows.dims.join() !== '1,100,6') throw new Error(`${m.name}: rows ${rows.dims}`)
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
  result.models[m.name] = {
    median: at(m.ms, 0.5),
    p10: at(m.ms, 0.1),
    p90: at(m.ms, 0.9),
    bytes: m.bytes,
  }
  process.stdout.write(`${m.name.padEnd(44)} ${JSON.stringify(result.models[m.name])}\n`)
}
writeFileSync(out, `${JSON.stringify(result, null, 1)}\n`)
