import { z } from 'zod'
import { messageOf, SquintError } from '../lib/errors.js'
import { explain } from '../lib/explain.js'

const share = z.number().min(0).max(1)
const pixels = z.int().min(32).max(1280)

const sha256 = z.custom<string>(
  value => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
  {
    error: ({ input }) =>
      `expected the 64 hex digits that "sha256sum FILE" prints, found ${JSON.stringify(input) ?? 'nothing'}`,
  },
)

/** How a picture becomes the network's input; what is left out is as our own models have it. */
const inputSchema = z
  .strictObject({
    width: pixels,
    height: pixels,
    /** uint8 [1, height, width, 3], or float [1, 3, height, width]. */
    layout: z.enum(['nhwc-uint8', 'nchw-float']).default('nhwc-uint8'),
    /** Order of the channels. */
    colour: z.enum(['rgb', 'bgr']).default('rgb'),
    /** stretch: the picture fills the input; letterbox: it keeps its shape, in the middle or in the top left corner. */
    fit: z.enum(['stretch', 'letterbox-centre', 'letterbox-corner']).default('stretch'),
    /** Grey around a letterboxed picture, 0..255. */
    pad: z.int().min(0).max(255).default(114),
    /** Floats are (grey - mean) / std, grey 0..255, one of each per channel in the order of `colour`. */
    mean: z.tuple([z.number(), z.number(), z.number()]).optional(),
    std: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]).optional(),
  })
  .superRefine(({ layout, mean, std }, context) => {
    const normalised = mean === undefined ? (std === undefined ? undefined : 'std') : 'mean'
    if (layout === 'nchw-float' || normalised === undefined) return
    const message = 'expected only with the layout nchw-float, found with nhwc-uint8'
    context.addIssue({ code: 'custom', path: [normalised], message })
  })

const thresholds = z.strictObject({ low: share, high: share })
const scaling = z.strictObject({ slope: z.number().positive(), offset: z.number() })

/** What every entry says, whichever decoder it names; what only serves comparison may be left out. */
const entry = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/, 'expected a-z, 0-9, . and -, at most 64'),
  role: z.enum(['scout', 'expert']),
  file: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,95}\.onnx$/i, 'expected a file name in .onnx'),
  sha256,
  input: inputSchema,
  /** Name of a list under the manifest's `labels`. */
  labels: z.string(),
  /** For all classes, and for labels that have their own. */
  thresholds: thresholds.extend({ classes: z.record(z.string(), thresholds).optional() }),
  /** Turns scores into probabilities; fitted by scripts/lab/step20_calibrate.py. */
  calibration: scaling.extend({ classes: z.record(z.string(), scaling).optional() }).optional(),
  nmsIou: share,
  bytes: z.int().positive().optional(),
  macs: z.int().positive().optional(),
  /** What one inference does, counted by scripts/lab/step12_energy.py; tells its mix of arithmetic and moving to the energy model. */
  counts: z
    .strictObject({
      gmacFloat: z.number().nonnegative(),
      gmacInt8: z.number().nonnegative(),
      gmacDepthwise: z.number().nonnegative(),
      megavalues: z.number().positive(),
    })
    .optional(),
  accuracy: z
    .strictObject({
      dataset: z.string(),
      pictures: z.int(),
      ap50: share,
      ap: share,
      person: share,
      car: share,
      floatAp50: share,
    })
    .optional(),
  milliseconds: z
    .strictObject({ int8: z.number(), float: z.number(), machine: z.string() })
    .optional(),
  origin: z.string().optional(),
  licence: z.string().optional(),
})

/** Names of the heads in the order that the decoder tells; only needed where their shapes leave a choice. */
const outputs = z.array(z.string().min(1)).min(1).optional()

/** What class scores are when they leave the graph. */
const scores = z.enum(['probability', 'logit']).default('probability')

/** Where in a cell its box is measured from, in shares of the cell. */
const cellCentre = share.default(0.5)

/** The TensorFlow object detection API's recipe for SSD anchors, with its defaults (ssd_anchor_generator.proto). */
const anchors = z
  .strictObject({
    layers: z.int().min(1).max(8).default(6),
    minScale: share.default(0.2),
    maxScale: share.default(0.95),
    aspectRatios: z
      .array(z.number().positive())
      .min(1)
      .default([1, 2, 1 / 2, 3, 1 / 3]),
    reduceLowest: z.boolean().default(true),
  })
  .prefault({})

const entrySchema = z.discriminatedUnion('decoder', [
  entry.extend({ decoder: z.literal('rows') }),
  entry.extend({ decoder: z.literal('yolox'), outputs }),
  entry.extend({ decoder: z.literal('yolov8'), outputs }),
  entry.extend({ decoder: z.literal('gfl'), outputs, scores, cellCentre }),
  entry.extend({ decoder: z.literal('centernet'), outputs, scores }),
  entry.extend({ decoder: z.literal('ssd'), outputs, scores, anchors }),
  entry.extend({ decoder: z.literal('fastestdet'), outputs }),
])

const manifestSchema = z.strictObject({
  version: z.literal(1),
  labels: z.record(z.string(), z.array(z.string()).min(1)),
  defaults: z.strictObject({ scout: z.string(), expert: z.string() }),
  models: z.array(entrySchema).min(1),
})

export type Manifest = z.infer<typeof manifestSchema>
export type ModelEntry = Manifest['models'][number]
export type ModelRole = ModelEntry['role']
export type ModelInput = ModelEntry['input']
export type ScoreKind = z.infer<typeof scores>
export type AnchorRecipe = z.infer<typeof anchors>

/** @param path what to call it in errors. Throws MODEL_INVALID in one line that names file and field. */
export function parseManifest(text: string, path: string): Manifest {
  const written = parseJson(text, path)
  const parsed = manifestSchema.safeParse(written)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new SquintError('MODEL_INVALID', `${path}: ${explain(issue!, manifestSchema, written)}`)
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new SquintError('MODEL_INVALID', `${path}: expected JSON, found ${messageOf(error)}`)
  }
}
