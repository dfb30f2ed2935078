import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, SquintError } from '../lib/errors.js'
import { type CascadeConfig, localExpertOf } from './config.js'
import { type Manifest, type ModelEntry, type ModelRole, parseManifest } from './manifest.js'

type Resolved<Entry> = Entry extends ModelEntry
  ? Omit<Entry, 'labels'> & {
      readonly labels: readonly string[]
      /** Absolute or relative path of the ONNX file. */
      readonly path: string
    }
  : never

/** One model as the manifest describes it, its label list resolved. */
export type Model = Resolved<ModelEntry>

/** A model whose heads this decoder reads. */
export type ModelOf<Decoder extends Model['decoder']> = Extract<Model, { decoder: Decoder }>

/**
 * The model that plays `role`: the one called `name`, or the manifest's default.
 * Throws MODEL_MISSING or MODEL_INVALID, naming the field, what was expected and what was found.
 */
export async function findModel(folder: string, role: ModelRole, name?: string): Promise<Model> {
  const zoo = await readManifest(folder)
  const wanted = name ?? zoo.defaults[role]
  const entry = zoo.models.find(model => model.role === role && model.name === wanted)
  if (entry === undefined) {
    const known = zoo.models.filter(model => model.role === role).map(model => model.name)
    throw new SquintError(
      'MODEL_MISSING',
      `cascade.${role}: expected one of ${known.join(', ')}, found ${wanted}`,
    )
  }
  return resolve(folder, zoo, entry)
}

/** Every model that the manifest names. Throws as `findModel` does. */
export async function listModels(folder: string): Promise<Model[]> {
  const zoo = await readManifest(folder)
  return zoo.models.map(entry => resolve(folder, zoo, entry))
}

/** What a configuration says of the models. */
type ModelsConfig = Pick<CascadeConfig, 'models' | 'scout' | 'expert'>

/** The two models that run here. Throws as `findModel` does. */
export async function findModels({ models, scout, expert }: ModelsConfig) {
  return {
    scout: await findModel(models, 'scout', scout),
    expert: await findModel(models, 'expert', localExpertOf(expert)),
  }
}

/** The network of an expert elsewhere: the expert that is called as the server calls it, else the local one. Throws as `findModel` does. */
export async function findRemoteModel(folder: string, name: string, local: Model): Promise<Model> {
  const models = await listModels(folder)
  return models.find(model => model.role === 'expert' && model.name === name) ?? local
}

/** Names of the two models that run here, and their counts where the manifest tells them. */
export async function networksOf(config: ModelsConfig) {
  const { scout, expert } = await findModels(config)
  return {
    scout: { name: scout.name, counts: scout.counts },
    expert: { name: expert.name, counts: expert.counts },
  }
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

function resolve(folder: string, zoo: Manifest, entry: ModelEntry): Model {
  const labels = zoo.labels[entry.labels]
  if (labels === undefined) {
    throw new SquintError(
      'MODEL_INVALID',
      `${join(folder, 'zoo.json')}: ${entry.name}.labels: expected one of ${Object.keys(zoo.labels).join(', ')}, found ${entry.labels}`,
    )
  }
  return { ...entry, labels, path: join(folder, entry.file) }
}

async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, 'zoo.json')
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new SquintError(
      'MODEL_MISSING',
      `cascade.models: expected the file ${path}, found ${messageOf(error)}`,
    )
  })
  return parseManifest(text, path)
}
