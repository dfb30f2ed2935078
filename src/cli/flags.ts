import { type ParseArgsConfig, parseArgs } from 'node:util'
import { messageOf, SquintError } from '../lib/errors.js'

type Options = NonNullable<ParseArgsConfig['options']>

/** Parses a verb's flags; every verb has `--help`. Throws CONFIG_INVALID that names the flag. */
export function parseFlags<const O extends Options>(
  args: readonly string[],
  options: O,
  allowPositionals: boolean,
) {
  try {
    const config = {
      args: [...args],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals,
    } as const
    return parseArgs(config)
  } catch (error) {
    throw new SquintError('CONFIG_INVALID', messageOf(error))
  }
}

/** A verb's only argument. Throws CONFIG_INVALID. @param what it is, as the usage calls it */
export function onlyArgument(what: string, positionals: readonly string[]): string {
  const [argument, ...more] = positionals
  if (argument !== undefined && more.length === 0) return argument
  throw new SquintError('CONFIG_INVALID', `${what}: expected one, found ${positionals.length}`)
}

/** A flag's number. Throws CONFIG_INVALID. */
export function numberFlag(name: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= min && value <= max)) {
    throw new SquintError(
      'CONFIG_INVALID',
      `--${name}: expected a number from ${min} to ${max}, found "${text}"`,
    )
  }
  return value
}

/** A flag's whole number. Throws CONFIG_INVALID. */
export function wholeFlag(name: string, text: string, min: number, max: number): number {
  const value = numberFlag(name, text, min, max)
  if (Number.isInteger(value)) return value
  throw new SquintError('CONFIG_INVALID', `--${name}: expected a whole number, found "${text}"`)
}
