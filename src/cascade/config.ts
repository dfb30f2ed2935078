import { join } from 'node:path'
import { z } from 'zod'
import { packageRoot } from '../lib/package.js'
import { policySchema } from './policy.js'

export const cascadeSchema = z.strictObject({
  /** Folder of zoo.json and the ONNX files. */
  models: z.string().min(1).default(join(packageRoot, 'models')),
  /** Names from zoo.json; left out: the manifest's defaults. */
  scout: z.string().min(1).optional(),
  expert: z.string().min(1).optional(),
  /** Threads of one inference. */
  threads: z.int().min(1).max(16).default(1),
  /** When to look, and when to ask the expert. */
  policy: policySchema.prefault({}),
})

export type CascadeConfig = z.infer<typeof cascadeSchema>
