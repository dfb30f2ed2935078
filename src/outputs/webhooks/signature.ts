import { createHmac } from 'node:crypto'

/** Marks a key that is written in base64. */
const PREFIX = 'whsec_'

/** Signs as Standard Webhooks does: `webhook-signature` over id, time of the try in Unix seconds, and body. */
export function sign(secret: string, id: string, seconds: number, body: string): string {
  const key = secret.startsWith(PREFIX)
    ? Buffer.from(secret.slice(PREFIX.length), 'base64')
    : Buffer.from(secret)
  const digest = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')
  return `v1,${digest}`
}
