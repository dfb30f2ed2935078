import { readFileSync } from 'node:fs'
import { readdir, readFile, realpath } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { type KeptFiles, keepFiles, plain } from './kept-files.js'

/** Why a file of the kernel tells nothing. */
export type Unreadable = 'absent' | 'denied' | 'broken'

/**
 * What the kernel tells of the hardware. The only file that knows where; every path is relative to the root, as
 * `sys/class/hwmon/hwmon4/name` or `proc/device-tree/model`. Nothing throws: hardware that does not answer is no surprise.
 */
export interface Sysfs {
  /** Where the tree is mounted: '/' but in tests. */
  readonly root: string
  /** What a file says, without blanks and NULs around it; undefined if it cannot be read, as the sensors of a part that is off. */
  text(...path: string[]): Promise<string | undefined>
  /** What a file says, if it is a decimal number. */
  number(...path: string[]): Promise<number | undefined>
  /**
   * As `text`, at a tenth of its cost, and nothing else happens meanwhile: for small files that are read for ever and that
   * the kernel answers from memory.
   */
  textNow(...path: string[]): string | undefined
  /** As `number`, likewise. */
  numberNow(...path: string[]): number | undefined
  /** Paths of what a folder holds under such names, in natural order (hwmon2 before hwmon10); none if there is no such folder. */
  list(folder: string, name: RegExp): Promise<string[]>
  /** The path behind links. */
  resolve(...path: string[]): Promise<string | undefined>
  /** Why a file tells nothing; undefined if it does. */
  unreadable(...path: string[]): Promise<Unreadable | undefined>
  /** For files that are asked again and again. */
  keep(paths: readonly string[]): KeptFiles
}

const natural = new Intl.Collator('en', { numeric: true })

export function openSysfs(root = '/'): Sysfs {
  async function text(...path: string[]): Promise<string | undefined> {
    const content = await readFile(join(root, ...path), 'latin1').catch(() => undefined)
    return content === undefined ? undefined : plain(content)
  }

  function textNow(...path: string[]): string | undefined {
    try {
      // node reads utf8 fastest
      return plain(readFileSync(join(root, ...path), 'utf8'))
    } catch {
      return undefined
    }
  }

  return {
    root,
    text,
    number: async (...path) => numberOf(await text(...path)),
    textNow,
    numberNow: (...path) => numberOf(textNow(...path)),
    async list(folder, name) {
      const names = await readdir(join(root, folder)).catch(() => [])
      return names
        .filter(entry => name.test(entry))
        .sort(natural.compare)
        .map(entry => join(folder, entry))
    },
    async resolve(...path) {
      const real = await realpath(join(root, ...path)).catch(() => undefined)
      return real && relative(root, real)
    },
    unreadable: async (...path) =>
      readFile(join(root, ...path)).then(
        () => undefined,
        ({ code }: NodeJS.ErrnoException) => {
          if (code === 'ENOENT' || code === 'ENOTDIR') return 'absent'
          return code === 'EACCES' || code === 'EPERM' ? 'denied' : 'broken'
        },
      ),
    keep: paths => keepFiles(paths.map(path => join(root, path))),
  }
}

/** What a file says, if it is a decimal number. */
export function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined
}
