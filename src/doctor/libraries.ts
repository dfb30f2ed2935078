import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../lib/errors.js'
import { packageRoot } from '../lib/package.js'
import type { Check, Finding } from './finding.js'

const AGAIN = 'install the package of this kind of machine again (docs/install.md)'

/** Something compiled for this kind of machine. */
interface Library {
  readonly name: string
  load(): Promise<unknown>
  /** What it is like without; left out: nothing works without. */
  readonly without?: string
}

/** Loaded only when asked, so that one that is broken does not break the doctor. */
const LIBRARIES: readonly Library[] = [
  { name: 'ONNX Runtime', load: () => import('../cascade/session.js') },
  { name: 'sharp', load: () => import('../frame/image.js') },
  {
    name: 'the compiled decoder',
    load: async () => (await import('../frame/pixels.js')).loadPixels(),
    without: 'sharp unpacks pictures instead, in several times the time',
  },
]

/**
 * Can the compiled libraries be loaded?
 * @param home where squint lies: a package that was installed has no list of what npm should fetch
 */
export function librariesCheck(libraries: readonly Library[], home = packageRoot): Check {
  return async () => {
    const findings = libraries.map(async ({ name, load, without }): Promise<Finding[]> => {
      const failure = await load().then(
        () => undefined,
        (error: unknown) => messageOf(error).split('\n')[0],
      )
      if (failure === undefined) return []
      const found = `${name} cannot be loaded: ${failure}${without === undefined ? '' : `; ${without}`}`
      const isSource = existsSync(join(home, 'package-lock.json'))
      const mend = isSource ? `cd ${home} && npm ci` : AGAIN
      return without === undefined
        ? [{ subject: 'libraries', state: 'missing', essential: true, found, mend }]
        : [{ subject: 'libraries', state: 'notice', essential: false, found }]
    })
    const broken = (await Promise.all(findings)).flat()
    if (broken.length > 0) return broken
    const names = libraries.map(({ name }) => name)
    const found = `${names.slice(0, -1).join(', ')} and ${names.at(-1)} can be loaded`
    return [{ subject: 'libraries', state: 'well', essential: true, found }]
  }
}

export const checkLibraries: Check = librariesCheck(LIBRARIES)
