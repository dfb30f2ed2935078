import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { messageOf, SquintError } from '../lib/errors.js'
import { explain } from '../lib/explain.js'
import type { TrueBox } from './average-precision.js'

/** What is needed of a COCO annotation file. */
const cocoSchema = z.object({
  images: z.array(
    z.object({
      id: z.int(),
      file_name: z.string(),
      width: z.number().positive(),
      height: z.number().positive(),
    }),
  ),
  categories: z.array(z.object({ id: z.int(), name: z.string() })),
  annotations: z.array(
    z.object({
      image_id: z.int(),
      category_id: z.int(),
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
      ignore: z.number().optional(),
    }),
  ),
})

/**
 * True boxes by file name, from a COCO file; boxes of what the models do not know by name are left out. Rejects with CONFIG_INVALID.
 * @param labels of the models, by class number
 */
export async function readTruth(
  path: string,
  labels: readonly string[],
): Promise<ReadonlyMap<string, readonly TrueBox[]>> {
  const { images, categories, annotations } = parseCoco(await readJson(path), path)
  const classes = new Map(categories.map(({ id, name }) => [id, labels.indexOf(name)]))
  const byId = new Map(images.map(image => [image.id, image]))
  const truth = new Map<string, TrueBox[]>(images.map(({ file_name }) => [file_name, []]))
  for (const { image_id, category_id, bbox, ignore = 0 } of annotations) {
    const image = byId.get(image_id)
    const classId = classes.get(category_id) ?? -1
    if (image === undefined || classId < 0) continue
    const [x, y, width, height] = bbox
    truth.get(image.file_name)!.push({
      classId,
      box: {
        x: x / image.width,
        y: y / image.height,
        width: width / image.width,
        height: height / image.height,
      },
      ignore: ignore !== 0,
    })
  }
  return truth
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw new SquintError(
      'CONFIG_INVALID',
      `--labels: expected a COCO file, found ${messageOf(error)}`,
    )
  }
}

function parseCoco(written: unknown, path: string): z.infer<typeof cocoSchema> {
  const parsed = cocoSchema.safeParse(written)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new SquintError('CONFIG_INVALID', `${path}: ${explain(issue!, cocoSchema, written)}`)
}
