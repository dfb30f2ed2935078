import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import { messageOf, SquintError } from '../lib/errors.js'
import { explain } from '../lib/explain.js'
import { type Policy, policySchema } from './policy.js'

/** Where a camera's own policy is kept. */
export function policyFile(folder: string, camera: string): string {
  return join(folder, `${camera}.yaml`)
}

/**
 * The policies of those cameras that have one in the folder. What a file leaves out is as in `base`.
 * Rejects with CONFIG_INVALID in one line that names the file and the field, or the folder if it cannot be read.
 */
export async function readPolicies(
  folder: string,
  cameras: readonly string[],
  base: Policy,
): Promise<Record<string, Policy>> {
  const listed = await readdir(folder).catch((error: unknown) => {
    throw invalid('cascade.policies', `expected a folder, found ${messageOf(error)}`)
  })
  const policies: Record<string, Policy> = {}
  for (const camera of cameras) {
    const path = policyFile(folder, camera)
    if (!listed.includes(basename(path))) continue
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      throw invalid(path, `expected a readable file, found ${messageOf(error)}`)
    })
    policies[camera] = parsePolicy(text, path, base)
  }
  return policies
}

function parsePolicy(text: string, path: string, base: Policy): Policy {
  let written: unknown
  try {
    written = parse(text, { maxAliasCount: 0 }) ?? {}
  } catch (error) {
    throw invalid(path, `expected YAML, found ${messageOf(error).split('\n')[0]}`)
  }
  // anything but settings is told as it was written
  const merged = isSettings(written) ? { ...base, ...written } : written
  const parsed = policySchema.safeParse(merged)
  if (parsed.success) return parsed.data
  throw invalid(path, explain(parsed.error.issues[0]!, policySchema, merged))
}

function isSettings(written: unknown): written is object {
  return typeof written === 'object' && !Array.isArray(written)
}

function invalid(path: string, message: string): SquintError {
  return new SquintError('CONFIG_INVALID', `${path}: ${message}`)
}
