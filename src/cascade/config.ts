import { join } from 'node:path'
import { z } from 'zod'
import { packageRoot } from '../lib/package.js'
import { isReachableUrl } from '../lib/reach.js'
import { stateFolder } from '../lib/state-folder.js'
import { policySchema } from './policy.js'

/** What may stand in a path without being written otherwise. */
const pathPart = z
  .string()
  .regex(/^\w[\w.-]{0,99}$/, 'expected letters, digits, _, . and -, at most 100')

/** As zoo.json writes it. */
const modelName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,63}$/, 'expected a name of zoo.json: a-z, 0-9, . and -, at most 64')

/** An expert on a server that speaks the Open Inference Protocol v2; docs/remote-expert.md. */
const remoteExpertSchema = z.strictObject({
  remote: z
    .string()
    .refine(isPlainUrl, 'expected http:// or https://HOST:PORT without user, password and query')
    .refine(isReachableUrl, 'expected no link-local address'),
  /** The server's name for the network. An expert of zoo.json that is called the same describes it, else the local one does. */
  model: pathPart,
  version: pathPart.optional(),
  /** The expert that stands in, from zoo.json; left out: the manifest's default. */
  local: modelName.optional(),
  /** Sent as a Bearer token. */
  token: z.string().min(1).max(4000).optional(),
  /** A picture waits no longer; below the time that stopping may take. */
  timeoutMs: z.int().min(10).max(5000).default(500),
})

export const cascadeSchema = z.strictObject({
  /** Folder of zoo.json and the ONNX files. */
  models: z.string().min(1).default(join(packageRoot, 'models')),
  /** Folder of networks as they were rewritten for this processor, which makes the next start shorter. */
  cache: z
    .string()
    .min(1)
    .default(() => join(stateFolder(), 'networks')),
  /** Names from zoo.json; left out: the manifest's defaults. */
  scout: modelName.optional(),
  expert: z.union([modelName, remoteExpertSchema]).optional(),
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

/** Whoever measures what looking costs here wants the local expert, even if another one is configured. */
export function localOnly(config: CascadeConfig): CascadeConfig {
  return { ...config, expert: localExpertOf(config.expert) }
}

/** The name of the expert that runs here; undefined: the manifest's default. */
export function localExpertOf(expert: CascadeConfig['expert']): string | undefined {
  return typeof expert === 'object' ? expert.local : expert
}

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, search, hash } = new URL(text)
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === ''
}

export type CascadeConfig = z.infer<typeof cascadeSchema>
export type AuditConfig = CascadeConfig['audit']
export type BudgetConfig = z.infer<typeof budgetSchema>
