import type { Model } from '../zoo.js'
import { createCenterNetDecoder } from './centernet.js'
import { createFastestDetDecoder } from './fastestdet.js'
import { createGflDecoder } from './gfl.js'
import type { Decoder, Head } from './heads.js'
import { createRowsDecoder } from './rows.js'
import { createSsdDecoder } from './ssd.js'
import { createYolov8Decoder } from './yolov8.js'
import { createYoloxDecoder } from './yolox.js'

/**
 * The decoder that the manifest names for a model.
 * @param found all outputs of the network. Throws MODEL_INVALID if they are not what that decoder reads.
 */
export function createDecoder(model: Model, found: readonly Head[]): Decoder {
  switch (model.decoder) {
    case 'rows':
      return createRowsDecoder(model, found)
    case 'yolox':
      return createYoloxDecoder(model, found)
    case 'yolov8':
      return createYolov8Decoder(model, found)
    case 'gfl':
      return createGflDecoder(model, found)
    case 'centernet':
      return createCenterNetDecoder(model, found)
    case 'ssd':
      return createSsdDecoder(model, found)
    case 'fastestdet':
      return createFastestDetDecoder(model, found)
  }
}
