import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { messageOf, SquintError } from '../lib/errors.js'

const share = z.number().min(0).max(1)

const entrySchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/),
  role: z.enum(['scout', 'expert']),
  file: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,95}\.onnx$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().positive(),
  input: z.strictObject({ width: z.int().min(32).max(1280), height: z.int().min(32).max(1280) }),
  labels: z.string(),
  decoder: z.literal('rows'),
  thresholds: z.strictObject({ low: share, high: share }),
  nmsIou: share,
  macs: z.int().positive(),
  accuracy: z.strictObject({
    dataset: z.string(),
    pictures: z.int(),
    ap50: share,
    ap: share,
    person: share,
    car: share,
    floatAp50: share,
  }),
  milliseconds: z.strictObject({ int8: z.number(), float: z.number(), machine: z.string() }),
  origin: z.string(),
  licence: z.string(),
})

const zooSchema = z.strictObject({
  version: z.literal(1),
  labels: z.record(z.string(), z.array(z.string()).min(1)),
  defaults: z.strictObject({ scout: z.string(), expert: z.string() }),
  models: z.array(entrySchema).min(1),
})

type ZooEntry = z.infer<typeof entrySchema>
export type ModelRole = ZooEntry['role']

/** One model as the manifest describes it, its label list resolved. */
export interface Model extends Omit<ZooEntry, 'labels' | 'decoder'> {
  readonly labels: readonly string[]
  /** Absolute or relative path of the ONNX file. */
  readonly path: string
}

/**
 * The model that plays `role`: the one called `name`, or the manifest's default.
 * Throws MODEL_MISSING or MODEL_INVALID, naming the field, what was expected and what was found.
 */
export async function findModel(folder: string, role: ModelRole, name?: string): Promise<Model> {
  const zoo = await readZoo(folder)
  const wanted = name ?? zoo.defaults[role]
  const entry = zoo.models.find(model => model.role === role && model.name === wanted)
  if (entry === undefined) {
    const known = zoo.models.filter(model => model.role === role).map(model => model.name)
    throw new SquintError(
      'MODEL_MISSING',
      `cascade.${role}: expected one of ${known.join(', ')}, found ${wanted}`,
    )
  }
  const labels = zoo.labels[entry.labels]
  if (labels === undefined) {
    throw new SquintError(
      'MODEL_INVALID',
      `${join(folder, 'zoo.json')}: ${entry.name}.labels: expected one of ${Object.keys(zoo.labels).join(', ')}, found ${entry.labels}`,
    )
  }
  return { ...entry, labels, path: join(folder, entry.file) }
}

/** The bytes of a model, exactly as the manifest knows them. Throws MODEL_MISSING or MODEL_HASH. */
export async function readModel(model: Model): Promise<Uint8Array> {
  const bytes = await readFile(model.path).catch((error: unknown) => {
    throw new SquintError(
      'MODEL_MISSING',
      `${model.name}: expected the file ${model.path}, found ${messageOf(error)}`,
    )
  })
  const found = createHash('sha256').update(bytes).digest('hex')
  if (found !== model.sha256) {
    throw new SquintError(
      'MODEL_HASH',
      `${model.path}: expected sha256 ${model.sha256}, found ${found}`,
    )
  }
  return bytes
}

async function readZoo(folder: string): Promise<z.infer<typeof zooSchema>> {
  const path = join(folder, 'zoo.json')
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new SquintError(
      'MODEL_MISSING',
      `cascade.models: expected the file ${path}, found ${messageOf(error)}`,
    )
  })
  try {
    return zooSchema.parse(JSON.parse(text))
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined
    const where = issue === undefined ? '' : `${issue.path.join('.')}: `
    throw new SquintError('MODEL_INVALID', `${path}: ${where}${issue?.message ?? messageOf(error)}`)
  }
}
