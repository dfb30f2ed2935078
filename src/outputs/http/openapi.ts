import type { z } from '@hono/zod-openapi'
import { problemSchema } from './schemas.js'

/** What the error statuses of the table mean to a client. */
const PROBLEMS = {
  400: 'The request or picture is not what it should be',
  401: 'A token is needed',
  403: 'A page of another site asked',
  404: 'No such camera or event',
  413: 'Too large',
  415: 'Not a picture that we read',
  503: 'Not now; try again',
  507: 'The change could not be kept, so it was not made',
} as const

const content = { 'application/problem+json': { schema: problemSchema } }

/** A 200 answer with a JSON body. */
export function json<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { 'application/json': { schema } } }
}

/** A 200 answer whose body is made by ourselves: a picture, or a text of any length. */
export function file(type: string, description: string) {
  return { description, content: { [type]: {} } }
}

/** A route's answers: the good one, and the problems that it may give besides. */
export function answers<Good>(good: Good, ...statuses: (keyof typeof PROBLEMS)[]) {
  const problems = Object.fromEntries(
    statuses.map(status => [status, { description: PROBLEMS[status], content }]),
  )
  return { 200: good, ...problems } as { 200: Good }
}
