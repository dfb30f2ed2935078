import { numberOf, type Sysfs } from '../sysfs.js'
import { type Plan, silent, type Watts } from './file-meter.js'
import type { Rail } from './meter.js'

/** One supply line and the files that tell its power. */
export interface Line {
  readonly name: string
  /** The product of their numbers, in `unit`, is the line's power. */
  readonly files: readonly string[]
  /** In watts. */
  readonly unit: number
}

/** Millivolts times milliamperes, or microwatts. */
export const MICROWATT = 1e-6
export const MILLIWATT = 1e-3

/** At least one of the lines says numbers now: the others may come later. */
export async function answers(sysfs: Sysfs, lines: readonly Line[]): Promise<boolean> {
  for (const { files } of lines) {
    const numbers = await Promise.all(files.map(file => sysfs.number(file)))
    if (!numbers.includes(undefined)) return true
  }
  return false
}

/** Which lines make up the total. */
export interface Chosen {
  readonly total: ReadonlySet<string>
  readonly warnings: readonly string[]
}

/** @param wanted names from the configuration; undefined or none that exists: all lines are summed */
export function chooseLines(lines: readonly Line[], wanted: readonly string[] | undefined): Chosen {
  const names = lines.map(line => line.name)
  const known = names.filter(name => wanted?.includes(name))
  const unknown = wanted?.filter(name => !names.includes(name)) ?? []
  const total = known.length > 0 ? known : names
  const warnings: string[] = []
  if (unknown.length > 0) {
    warnings.push(`The configuration names ${listed(unknown)}, but there is only ${listed(names)}.`)
  }
  if (known.length === 0 && names.length > 1) {
    warnings.push(
      `${listed(names)} are summed: if one of them feeds another, name those that make up the total in the configuration.`,
    )
  }
  return { total: new Set(total), warnings }
}

/** How lines are read: those of the total must answer, the others may be missing. */
export function readLines(
  lines: readonly Line[],
  total: ReadonlySet<string>,
): Pick<Plan, 'files' | 'counts' | 'tell'> {
  return {
    counts: [...total],
    files: lines.flatMap(line => line.files),
    tell(texts) {
      let from = 0
      const rails: Rail[] = []
      for (const line of lines) {
        const said = texts.slice(from, from + line.files.length)
        from += line.files.length
        const known = said.every(text => numberOf(text) !== undefined)
        if (known || total.has(line.name))
          rails.push({ name: line.name, watts: wattsOf(line, said) })
      }
      return { watts: sum(rails.filter(rail => total.has(rail.name))), rails }
    },
  }
}

/**
 * @param texts what the line's files say, in their order
 * @throws SquintError METER_SILENT that names the file which says no number
 */
export function wattsOf(line: Line, texts: readonly (string | undefined)[]): number {
  const numbers = line.files.map((file, index) => numberIn(file, texts[index]))
  return numbers.reduce((product, number) => product * number, line.unit)
}

/**
 * @param text what the file says; undefined: it cannot be read
 * @throws SquintError METER_SILENT that names the file
 */
export function numberIn(file: string, text: string | undefined): number {
  const number = numberOf(text)
  if (number !== undefined) return number
  const found = text === undefined ? 'a file that cannot be read' : `"${text}"`
  throw silent(`/${file}: expected a number, found ${found}`)
}

export function sum(rails: Watts['rails']): number {
  return rails.reduce((total, rail) => total + rail.watts, 0)
}

/** A, B and C. */
export function listed(names: readonly string[]): string {
  return new Intl.ListFormat('en').format(names)
}
