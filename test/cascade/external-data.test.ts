import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { usesOtherFiles } from '../../src/cascade/external-data.js'
import { listModels } from '../../src/cascade/zoo.js'
import { packageRoot } from '../../src/lib/package.js'
import { constantNetwork } from '../fixtures/onnx.js'

const input = { name: 'in', type: 'uint8', dims: [1, 32, 32, 3] } as const
const rows = { name: 'rows', dims: [1, 1, 6], data: [0, 1, 2, 3, 4, 5] }

/** A message of protobuf with one field of bytes inside another, outermost first. */
function nest(fields: readonly number[], content: Buffer): Buffer {
  return fields.reduceRight((inside, field) => {
    const tag = field < 16 ? [(field << 3) | 2] : [((field << 3) & 127) | 130, field >> 4]
    return Buffer.concat([Buffer.from([...tag, inside.length]), inside])
  }, content)
}

const LOCATED = Buffer.from([14 << 3, 1])
const NAMED = Buffer.from([(13 << 3) | 2, 0])

t.test('the models of the package hold all their numbers', async t => {
  for (const { name, path } of await listModels(join(packageRoot, 'models'))) {
    t.notOk(usesOtherFiles(readFileSync(path)), name)
  }
})

t.test('numbers in another file are noticed', async t => {
  t.notOk(usesOtherFiles(constantNetwork(input, [rows])))
  t.ok(usesOtherFiles(constantNetwork(input, [{ ...rows, file: '../../etc/passwd' }])))
})

t.test('wherever in the file a tensor may stand', async t => {
  const ways = {
    initialiser: [7, 5],
    'sparse initialiser, its values': [7, 15, 1],
    'sparse initialiser, its indices': [7, 15, 2],
    constant: [7, 1, 5, 5],
    'list of constants': [7, 1, 5, 10],
    'branch of an if': [7, 1, 5, 6, 5],
    'list of branches': [7, 1, 5, 11, 5],
    'sparse constant': [7, 1, 5, 22, 1],
    'list of sparse constants': [7, 1, 5, 23, 2],
    function: [25, 7, 5, 5],
    'default of a function': [25, 11, 5],
    training: [20, 1, 5],
    'training step': [20, 2, 1, 5, 5],
  }
  for (const [way, fields] of Object.entries(ways)) {
    t.ok(usesOtherFiles(nest(fields, LOCATED)), way)
    t.ok(usesOtherFiles(nest(fields, NAMED)), way)
    t.notOk(usesOtherFiles(nest(fields, Buffer.from([14 << 3, 0]))), `${way}, here`)
  }
  // the same fields of anything else are something else
  t.notOk(usesOtherFiles(nest([7], LOCATED)))
})

t.test('what is written in an unusual way is read as ONNX Runtime reads it', async t => {
  const long = Buffer.from([0xf0, 0x80, 0x00, 0x81, 0x00])
  t.ok(usesOtherFiles(nest([7, 5], long)), 'numbers longer than they need be')
  const beyond = Buffer.from([0xf0, 0x80, 0x80, 0x80, 0x10, 1])
  t.ok(usesOtherFiles(nest([7, 5], beyond)), 'a tag of more than 32 bits')
  const passed = Buffer.from([0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x0d, 1, 2, 3, 4])
  t.ok(usesOtherFiles(nest([7, 5], Buffer.concat([passed, LOCATED]))), 'behind fixed numbers')
  t.notOk(usesOtherFiles(nest([7, 5], passed)))
})

t.test('what is cut, or no such file, counts as one that must not be used', async t => {
  const whole = constantNetwork(input, [rows])
  t.ok(usesOtherFiles(whole.subarray(0, whole.length - 1)))
  t.ok(usesOtherFiles(Buffer.from('no network')))
  t.ok(usesOtherFiles(Buffer.from([0x3a, 0x80])), 'a length without end')
  t.ok(usesOtherFiles(Buffer.from([0x3b])), 'a group')
  t.notOk(usesOtherFiles(Buffer.alloc(0)), 'which ONNX Runtime refuses')
})

t.test('branches in branches cost no stack', async t => {
  const pieces: Buffer[] = [LOCATED]
  let bytes = LOCATED.length
  const wrap = (field: number): void => {
    const head = [(field << 3) | 2]
    for (let rest = bytes; ; rest >>= 7) {
      head.push(rest > 127 ? (rest & 127) | 128 : rest)
      if (rest < 128) break
    }
    pieces.push(Buffer.from(head))
    bytes += head.length
  }
  wrap(5)
  // the graph becomes an attribute's, that a node's, that a graph's
  for (let level = 0; level < 20_000; level++) for (const field of [6, 5, 1]) wrap(field)
  wrap(7)
  const deep = Buffer.concat(pieces.reverse())
  t.ok(usesOtherFiles(deep))
  deep[deep.length - 1] = 0
  t.notOk(usesOtherFiles(deep))
})
