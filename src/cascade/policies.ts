import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
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
 * Rejects with CONFIG_INVALID in one line that names file and field.
 */
export async function readPolicies(
  folder: string,
  cameras: readonly string[],
  base: Policy,
): Promise<Record<string, Policy>> {
  const policies: Record<string, Policy> = {}
  for (const camera of cameras) {
    const path = policyFile(folder, camera)
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw invalid(path, `expected a readable file, found ${messageOf(error)}`)
    })
    if (text !== undefined) policies[camera] = parsePolicy(text, path, base)
  }
  return policies
}

function parsePolicy(text: string, path: string, base: Policy): Policy {
  let written: unknown
  try {
    written = { ...base, ...Object(parse(text, { maxAliasCount: 0 })) }
  } catch (error) {
    throw invalid(path, `expected YAML, found ${messageOf(error).split('\n')[0]}`)
  }
  const parsed = policySchema.safeParse(written)
  if (parsed.success) return parsed.data
  throw invalid(path, explain(parsed.error.issues[0]!, policySchema, written))
}

function invalid(path: string, message: string): SquintError {
  return new SquintError('CONFIG_INVALID', `${path}: ${message}`)
}
