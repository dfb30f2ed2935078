import { SquintError } from '../../lib/errors.js'

/** One output of a network, as it was when the network first ran. */
export interface Head {
  readonly name: string
  /** ONNX Runtime's word for the element type. */
  readonly type: string
  readonly dims: readonly number[]
}

/** Turns what a network says into rows; made once per network, its buffers with it. */
export interface Decoder {
  /** Names of the outputs that `decode` takes, in its order. */
  readonly heads: readonly string[]
  /**
   * @param heads the data of those outputs
   * @param minScore cells that score less may be left out, 0..1
   * @returns [n, 6] float: x1, y1, x2, y2 in input pixels, score, class index; valid until the next call
   */
  decode(heads: readonly Float32Array[], minScore: number): Float32Array
}

/** A wanted shape; `ANY` stands for any size. */
export type Shape = readonly number[]
export const ANY = -1

/** What looking for heads needs to know of a model. */
export interface HeadsOwner {
  readonly name: string
  readonly decoder: string
  readonly outputs?: readonly string[] | undefined
}

/**
 * The head of each shape: the one that the model's `outputs` names in that place, else the only one that fits.
 * @returns undefined if one of them is missing or may be several
 */
export function matchHeads(
  { outputs }: HeadsOwner,
  found: readonly Head[],
  shapes: readonly Shape[],
): Head[] | undefined {
  if (outputs !== undefined && outputs.length !== shapes.length) return undefined
  const heads: Head[] = []
  for (const [i, shape] of shapes.entries()) {
    const candidates = outputs ? found.filter(({ name }) => name === outputs[i]) : found
    const fitting = candidates.filter(head => fits(head, shape))
    if (fitting.length !== 1) return undefined
    heads.push(fitting[0]!)
  }
  return heads
}

/** As `matchHeads`, but throws MODEL_INVALID that tells the shapes expected and found. */
export function findHeads(model: HeadsOwner, found: readonly Head[], shapes: readonly Shape[]) {
  const heads = matchHeads(model, found, shapes)
  if (heads === undefined) throw refuse(model, found, shapes.map(shapeText).join(', '))
  return heads
}

export function fits({ type, dims }: Head, shape: Shape): boolean {
  return (
    type === 'float32' &&
    dims.length === shape.length &&
    shape.every((size, i) => size === ANY || size === dims[i])
  )
}

/** The error of a network whose outputs are not what its decoder reads. */
export function refuse(model: HeadsOwner, found: readonly Head[], expected: string): SquintError {
  const { name, decoder, outputs } = model
  const list = found.map(head => `${head.name} ${head.type} [${head.dims}]`).join(', ')
  const how = outputs === undefined ? 'each once, or named in "outputs"' : `named ${outputs}`
  return new SquintError(
    'MODEL_INVALID',
    `${name}: decoder ${decoder}: expected the outputs ${expected}, ${how}; found ${list}`,
  )
}

const shapeText = (shape: Shape): string => `[${shape.map(size => (size === ANY ? 'n' : size))}]`
