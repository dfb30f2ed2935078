import { messageOf } from '../lib/errors.js'
import { packageRoot } from '../lib/package.js'
import type { Check, Finding } from './finding.js'

/** Something compiled for this kind of machine. */
interface Library {
  readonly name: string
  load(): Promise<unknown>
}

/** Loaded only when asked, so that one that is broken does not break the doctor. */
const LIBRARIES: readonly Library[] = [
  { name: 'ONNX Runtime', load: () => import('../cascade/session.js') },
  { name: 'sharp', load: () => import('../frame/image.js') },
]

/** Can the compiled libraries be loaded? */
export function librariesCheck(libraries: readonly Library[]): Check {
  return async () => {
    const findings = libraries.map(async ({ name, load }): Promise<Finding[]> => {
      const failure = await load().then(
        () => undefined,
        (error: unknown) => messageOf(error).split('\n')[0],
      )
      if (failure === undefined) return []
      const found = `${name} cannot be loaded: ${failure}`
      const mend = `cd ${packageRoot} && npm ci`
      return [{ subject: 'libraries', state: 'missing', essential: true, found, mend }]
    })
    const broken = (await Promise.all(findings)).flat()
    if (broken.length > 0) return broken
    const found = `${libraries.map(({ name }) => name).join(' and ')} can be loaded`
    return [{ subject: 'libraries', state: 'well', essential: true, found }]
  }
}

export const checkLibraries: Check = librariesCheck(LIBRARIES)
