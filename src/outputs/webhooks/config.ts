import { z } from 'zod'

const chosen = z.array(z.string().min(1).max(60)).min(1).max(100).optional()

/** Somebody who is told of events by HTTP POST. */
export const webhookSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  /** Signs every message. */
  secret: z.string().min(16).max(200).optional(),
  on: z
    .array(z.enum(['start', 'update', 'end']))
    .min(1)
    .default(['start', 'end']),
  /** Left out: all. */
  cameras: chosen,
  labels: chosen,
  zones: chosen,
})

export const webhooksSchema = z.array(webhookSchema).max(16).default([])

export type WebhookConfig = z.infer<typeof webhookSchema>
