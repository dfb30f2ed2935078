import { z } from 'zod'
import { isReachableUrl } from '../../lib/reach.js'

/** 32 characters are 24 bytes, 88 are 64 to 66. */
const WHSEC = /^whsec_(?=.{32,88}$)([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

const chosen = z.array(z.string().min(1).max(60)).min(1).max(100).optional()

/** Somebody who is told of events by HTTP POST. */
export const webhookSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).refine(isReachableUrl, 'expected no link-local address'),
  /** Signs every message: `whsec_` and base64 of 24 to 64 bytes, as Standard Webhooks writes it, or any text, whose bytes are the key. */
  secret: z
    .string()
    .min(16)
    .max(200)
    .refine(secret => !secret.startsWith('whsec_') || WHSEC.test(secret), {
      message: 'expected base64 of 24 to 64 bytes after whsec_, found something else',
    })
    .optional(),
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
