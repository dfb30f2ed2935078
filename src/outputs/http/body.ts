import type { Context, HonoRequest, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { z } from 'zod'
import { messageOf, SquintError } from '../../lib/errors.js'
import { explain } from '../../lib/explain.js'

/** Clients send a picture and a few fields. */
const MAX_PARTS = 64
const BLANK = '\r\n\r\n'

/** Refuses larger bodies, announced or not, with BODY_TOO_LARGE. */
export function limitBody(maxBytes: number): MiddlewareHandler {
  return bodyLimit({
    maxSize: maxBytes,
    onError() {
      throw new SquintError(
        'BODY_TOO_LARGE',
        `body: expected at most ${maxBytes} bytes, found more`,
      )
    },
  })
}

/** Refuses more requests at a time with BUSY: each may hold a body of its own in memory, whoever sends it. */
export function limitAtOnce(most: number): MiddlewareHandler {
  let open = 0
  return async function countRequest(_, next) {
    if (open >= most) {
      throw new SquintError('BUSY', `requests: expected at most ${most} at a time, found as many`)
    }
    open++
    try {
      await next()
    } finally {
      open--
    }
  }
}

/** The whole body. Rejects with REQUEST_INVALID if the client leaves before its end. */
export async function readBody(request: HonoRequest): Promise<Buffer> {
  const body = await request.arrayBuffer().catch((error: unknown) => {
    throw new SquintError(
      'REQUEST_INVALID',
      `body: expected a whole one, found ${messageOf(error)}`,
    )
  })
  return Buffer.from(body)
}

/**
 * The JSON body of a request. It must say that it is JSON, which a page of another site cannot say without asking first. Rejects with
 * REQUEST_INVALID, naming field, expectation and what was found.
 */
export async function readJson<Schema extends z.ZodType>(
  { req }: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  const type = req.header('content-type') ?? 'none'
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new SquintError(
      'REQUEST_INVALID',
      `Content-Type: expected application/json, found ${type}`,
    )
  }
  const body = parseJson((await readBody(req)).toString())
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new SquintError('REQUEST_INVALID', explain(issue!, schema, body, 'body'))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new SquintError('REQUEST_INVALID', `body: expected JSON, found ${messageOf(error)}`)
  }
}

/** Whether the body is a form that may hold files. */
export function isForm(request: HonoRequest): boolean {
  return /^multipart\/form-data\b/i.test(request.header('content-type') ?? '')
}

/** The fields of a form that may hold files; read once, however often it is asked for. Rejects with REQUEST_INVALID. */
export async function readForm(request: HonoRequest) {
  if (!isForm(request)) {
    const type = request.header('content-type') ?? 'none'
    throw new SquintError(
      'REQUEST_INVALID',
      `Content-Type: expected multipart/form-data, found ${type}`,
    )
  }
  const body = await readBody(request)
  // parsing takes the main thread, and some microseconds for each: a body of nothing but parts would take seconds
  if (countParts(body) > MAX_PARTS) {
    throw new SquintError(
      'REQUEST_INVALID',
      `body: expected at most ${MAX_PARTS} parts, found more`,
    )
  }
  return request.parseBody().catch((error: unknown) => {
    throw new SquintError('REQUEST_INVALID', `body: expected a form, found ${messageOf(error)}`)
  })
}

/** Blank lines, one of which ends the head of each part; pictures have none but by chance. No more than one too many is counted. */
function countParts(body: Buffer): number {
  let parts = 0
  for (
    let at = body.indexOf(BLANK);
    at >= 0 && parts <= MAX_PARTS;
    at = body.indexOf(BLANK, at + 1)
  ) {
    parts++
  }
  return parts
}

export async function bytesOf(file: Blob): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer())
}
