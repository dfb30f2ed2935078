import type { Size } from '../../frame/view.js'
import type { AnchorRecipe } from '../manifest.js'
import type { ModelOf } from '../zoo.js'
import { type Decoder, findHeads, fits, type Head } from './heads.js'
import { createRowBuffer } from './row-buffer.js'
import { activationOf, argmax } from './scores.js'

/** How much boxes are scaled up for training (TensorFlow object detection API, faster_rcnn_box_coder, `scale_factors`). */
const CENTRE_SCALE = 10
const SIZE_SCALE = 5
/** Input pixels per cell of the finest layer of the MobileNet feature extractors. */
const FIRST_STRIDE = 16

/**
 * SSD of the TensorFlow object detection API without its post-processing (Liu et al. 2016).
 * Heads: boxes [1, anchors, 4]: centre y, x in anchor sizes times 10, natural logarithm of height, width in anchor
 * sizes times 5; classes [1, anchors, classes], or one more where the first means background.
 */
export function createSsdDecoder(model: ModelOf<'ssd'>, found: readonly Head[]): Decoder {
  const anchors = createAnchors(model.input, model.anchors)
  const count = anchors.length / 4
  const classes = model.labels.length
  const withBackground = [1, count, classes + 1]
  const background = found.some(head => fits(head, withBackground)) ? 1 : 0
  const pitch = classes + background
  const heads = findHeads(model, found, [
    [1, count, 4],
    [1, count, pitch],
  ])
  const { toScore, toRaw } = activationOf(model.scores)
  const out = createRowBuffer(count)
  return {
    heads: heads.map(({ name }) => name),
    decode([boxes, scores], minScore) {
      const floor = toRaw(minScore)
      out.clear()
      for (let anchor = 0; anchor < count; anchor++) {
        const first = anchor * pitch + background
        const best = argmax(scores!, first, first + classes)
        if (scores![best]! < floor) continue
        const at = anchor * 4
        const height = anchors[at + 2]!
        const width = anchors[at + 3]!
        const y = anchors[at]! + (boxes![at]! / CENTRE_SCALE) * height
        const x = anchors[at + 1]! + (boxes![at + 1]! / CENTRE_SCALE) * width
        const halfHeight = (Math.exp(boxes![at + 2]! / SIZE_SCALE) * height) / 2
        const halfWidth = (Math.exp(boxes![at + 3]! / SIZE_SCALE) * width) / 2
        out.add(
          x - halfWidth,
          y - halfHeight,
          x + halfWidth,
          y + halfHeight,
          toScore(scores![best]!),
          best - first,
        )
      }
      return out.rows()
    },
  }
}

/**
 * The anchors of every cell, layer after layer (TensorFlow object detection API, anchor_generators/multiple_grid_anchor_generator.py).
 * @returns [n, 4] float: centre y, x, height, width in input pixels
 */
export function createAnchors({ width, height }: Size, recipe: AnchorRecipe): Float32Array {
  const anchors: number[] = []
  const side = Math.min(width, height)
  let columns = Math.ceil(width / FIRST_STRIDE)
  let rows = Math.ceil(height / FIRST_STRIDE)
  for (let layer = 0; layer < recipe.layers; layer++) {
    const shapes = shapesOf(recipe, layer)
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        for (const [scale, aspect] of shapes) {
          const root = Math.sqrt(aspect)
          anchors.push(
            ((y + 0.5) / rows) * height,
            ((x + 0.5) / columns) * width,
            (scale / root) * side,
            scale * root * side,
          )
        }
      }
    }
    columns = Math.ceil(columns / 2)
    rows = Math.ceil(rows / 2)
  }
  return Float32Array.from(anchors)
}

/** Scale (share of the input's shorter side) and aspect ratio (width over height) of each anchor of a cell of a layer. */
function shapesOf(recipe: AnchorRecipe, layer: number): (readonly [number, number])[] {
  const { layers, minScale, maxScale, aspectRatios, reduceLowest } = recipe
  const scaleOf = (index: number): number =>
    index >= layers ? 1 : minScale + ((maxScale - minScale) * index) / Math.max(1, layers - 1)
  const scale = scaleOf(layer)
  if (layer === 0 && reduceLowest) {
    // the finest layer has fewer and smaller ones, as the API has them
    return [
      [0.1, 1],
      [scale, 2],
      [scale, 0.5],
    ]
  }
  const between = Math.sqrt(scale * scaleOf(layer + 1))
  return [...aspectRatios.map(aspect => [scale, aspect] as const), [between, 1]]
}
