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
