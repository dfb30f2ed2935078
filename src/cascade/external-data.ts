/** What can hold a tensor in an ONNX file, by field number of onnx.proto. */
const NESTED = {
  model: { 7: 'graph', 20: 'training', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  function: { 7: 'node', 11: 'attribute' },
  training: { 1: 'graph', 2: 'graph' },
  tensor: {},
} as const satisfies Readonly<Record<string, Readonly<Record<number, string>>>>

type Kind = keyof typeof NESTED

/** TensorProto: where its numbers lie in another file, and that they do. */
const EXTERNAL_DATA = 13
const DATA_LOCATION = 14

/** A message that is still to be read, from one byte to before another. */
interface Part {
  readonly kind: Kind
  readonly at: number
  readonly end: number
}

/** How a field is written (protobuf.dev/programming-guides/encoding). Groups are out of use. */
const VARINT = 0
const BYTES = 2
const FIXED: Readonly<Record<number, number>> = { 1: 8, 5: 4 }

/**
 * Whether an ONNX file takes numbers from other files: those are in no hash, and could be any file of this machine. What is no such file
 * counts as one that does. Only messages are followed, so weights cost nothing.
 */
export function usesOtherFiles(model: Uint8Array): boolean {
  const parts: Part[] = [{ kind: 'model', at: 0, end: model.length }]
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    if (!readPart(model, part, inner => parts.push(inner))) return true
  }
  return false
}

/** False for a part that takes numbers from elsewhere, or is no message. @param found told of the parts that may hold tensors */
function readPart(model: Uint8Array, part: Part, found: (inner: Part) => void): boolean {
  const { kind, end } = part
  const nested: Readonly<Record<number, Kind>> = NESTED[kind]
  let { at } = part

  /** NaN where it does not end. */
  function varint(): number {
    let value = 0
    for (let scale = 1; at < end; scale *= 128) {
      const byte = model[at++]!
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
    return Number.NaN
  }

  while (at < end) {
    // of a longer one ONNX Runtime reads 32 bits, too
    const tag = varint() >>> 0
    const [field, type] = [tag >>> 3, tag & 7]
    const value = FIXED[type] ?? varint()
    const size = type === VARINT ? 0 : value
    const known = type === VARINT || type === BYTES || type in FIXED
    if (!known || Number.isNaN(value) || at + size > end) return false
    if (kind === 'tensor' && field === EXTERNAL_DATA) return false
    if (kind === 'tensor' && field === DATA_LOCATION && value !== 0) return false
    const inner = type === BYTES ? nested[field] : undefined
    if (inner !== undefined) found({ kind: inner, at, end: at + size })
    at += size
  }
  return true
}
