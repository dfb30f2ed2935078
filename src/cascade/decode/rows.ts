import type { ModelOf } from '../zoo.js'
import { ANY, type Decoder, findHeads, type Head } from './heads.js'

/** `rows` float [1, n, 6], as all our own models end: the graph decodes, nothing is left to do. */
export function createRowsDecoder(model: ModelOf<'rows'>, found: readonly Head[]): Decoder {
  const [head] = findHeads(model, found, [[1, ANY, 6]])
  return { heads: [head!.name], decode: ([rows]) => rows! }
}
