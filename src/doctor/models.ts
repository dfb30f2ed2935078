import { join } from 'node:path'
import { findModels, listModels, type Model, readModel } from '../cascade/zoo.js'
import { codeOf, messageOf } from '../lib/errors.js'
import { packageRoot } from '../lib/package.js'
import type { Finding, Surroundings } from './finding.js'

/** Are the models the files that their manifest knows? */
export async function checkModels({ configuration }: Surroundings): Promise<Finding[]> {
  const { cascade } = configuration.config
  const folder = cascade.models
  const mend =
    folder === join(packageRoot, 'models')
      ? `git -C ${packageRoot} checkout models`
      : 'What a folder of models has to hold is told in docs/models.md.'
  try {
    const { scout, expert } = await findModels(cascade)
    const used = [scout.name, expert.name]
    const models = await Promise.all((await listModels(folder)).map(verify))
    const broken = models.filter(({ failure }) => failure !== undefined)
    if (broken.length > 0) {
      return broken.map(({ name, failure }) => ({
        subject: 'models',
        state: 'missing',
        essential: used.includes(name),
        found: `${failure}${used.includes(name) ? '' : ' (not in use)'}`,
        mend,
        details: { models },
      }))
    }
    const found = `all ${models.length} files match their sha256 in zoo.json`
    return [{ subject: 'models', state: 'well', essential: true, found, details: { used, models } }]
  } catch (error) {
    // no manifest, or a model that it does not know
    return [{ subject: 'models', state: 'missing', essential: true, found: messageOf(error), mend }]
  }
}

async function verify(model: Model) {
  const { name, role, path: file, sha256 } = model
  const failure = await readModel(model).then(
    () => undefined,
    (error: unknown) =>
      codeOf(error) === 'MODEL_HASH'
        ? `${name}: the file has changed, its sha256 is not that of zoo.json`
        : messageOf(error),
  )
  return { name, role, file, sha256, well: failure === undefined, ...(failure && { failure }) }
}
