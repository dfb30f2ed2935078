import { join } from 'node:path'
import { z } from 'zod'
import { packageRoot } from '../lib/package.js'

export const cascadeSchema = z.strictObject({
  /** Folder of zoo.json and the ONNX files. */
  models: z.string().min(1).default(join(packageRoot, 'models')),
  /** Names from zoo.json; left out: the manifest's defaults. */
  scout: z.string().min(1).optional(),
  expert: z.string().min(1).optional(),
  /** Threads of one inference. */
  threads: z.int().min(1).max(16).default(1),
  /** A camera is looked at by the expert at least this often. */
  refreshSeconds: z.number().min(1).max(3600).default(10),
  /** Edge density of what changed (0..1) above which the scout alone is not trusted. */
  complexityLimit: z.number().min(0).max(1).default(0.6),
})

export type CascadeConfig = z.infer<typeof cascadeSchema>
