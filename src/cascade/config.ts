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
  /** Folder of policies that cameras have for themselves, ID.yaml, as `squint tune` writes them. */
  policies: z.string().min(1).optional(),
  /** Which frames that stopped early the expert looks at all the same, to see what stopping costs. */
  audit: z
    .strictObject({
      /** Of those frames, 0: none. */
      share: z.number().min(0).max(0.1).default(0.005),
      /** At most this share of a camera's energy goes to audits. */
      energyShare: z.number().min(0).max(0.5).default(0.02),
      /** Share of objects on which shown and expert have to agree; below it doubt grows by itself. */
      agreement: z.number().min(0.5).max(0.99).default(0.9),
    })
    .prefault({}),
})

/** What each camera's looks may cost. A target that is left out binds nothing. */
export const budgetSchema = z.strictObject({
  /** Of the whole service, above idle. */
  watts: z.number().min(0.01).max(1000).optional(),
  /** Above idle, on average. */
  millijoulesPerFrame: z.number().min(0.01).max(100_000).optional(),
  /** Of work per frame, on average. */
  milliseconds: z.number().min(0.1).max(10_000).optional(),
  /** Of the board's hottest processor sensor. */
  celsius: z.number().min(30).max(110).optional(),
  /** Looks by a network per second that a busy scene keeps, whatever it costs. */
  minFps: z.number().min(0.01).max(60).default(1),
})

export type CascadeConfig = z.infer<typeof cascadeSchema>
export type AuditConfig = CascadeConfig['audit']
export type BudgetConfig = z.infer<typeof budgetSchema>
