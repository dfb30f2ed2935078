import { access, constants, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Report } from '../bench/report.js'
import { writeAtomically } from '../lib/atomic-file.js'
import { messageOf, SquintError } from '../lib/errors.js'
import type { Terminal } from './terminal.js'

/** Makes a folder before the work whose results go there. Rejects with CONFIG_INVALID that names the flag. */
export async function makeFolder(flag: string, path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
    await access(path, constants.W_OK)
  } catch (error) {
    const found = messageOf(error)
    throw new SquintError(
      'CONFIG_INVALID',
      `--${flag}: expected a folder to write to, found ${found}`,
    )
  }
}

/**
 * Prints a report, after it was written if a folder is given.
 * @param name of the files, NAME.json and NAME.md; charts have names of their own
 */
export async function tellReport(
  name: string,
  report: Report,
  { json, out }: { readonly json: boolean; readonly out?: string | undefined },
  terminal: Terminal,
): Promise<void> {
  const text = `${JSON.stringify(report.json, null, 1)}\n`
  if (out !== undefined) {
    await writeAtomically(join(out, `${name}.json`), text)
    await writeAtomically(join(out, `${name}.md`), report.markdown)
    for (const [chart, svg] of Object.entries(report.charts)) {
      await writeAtomically(join(out, `${chart}.svg`), svg)
    }
  }
  terminal.out(json ? text : report.markdown)
}
