import { type OpenAPIHono, z } from '@hono/zod-openapi'
import { type Access, accessTo } from './roles.js'
import { problemSchema } from './schemas.js'
import { COOKIE } from './token.js'

/** What the error statuses of the table mean to a client. */
const PROBLEMS = {
  400: 'The request or picture is not what it should be',
  401: 'A token is needed',
  403: 'A page of another site asked, or the token may only look',
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
  return { description, content: { [type]: { schema: z.string().openapi({ format: 'binary' }) } } }
}

/** A route's answers: the good one, and the problems that it may give besides. */
export function answers<Good>(good: Good, ...statuses: (keyof typeof PROBLEMS)[]) {
  const problems = Object.fromEntries(
    statuses.map(status => [status, { description: PROBLEMS[status], content }]),
  )
  return { 200: good, ...problems } as { 200: Good }
}

const DESCRIPTION = `What is in view of each camera, and what it cost to know.

Lengths of time are in milliseconds unless their names say otherwise (\`uptimeSeconds\`), energy is in millijoules, power in watts.
Boxes are shares of the picture, 0 to 1, with the origin at the top left. Scores are 0 to 1. Times are ISO 8601 in UTC.

Errors are problems (RFC 9457) with a \`code\` to branch on; the routes for clients of other services answer as those do.
Every GET route answers HEAD. A path that knows other methods answers 405 with \`Allow\`. A name in \`Host\` that is not this service's is
answered 421, and who asks too often, or has shown too many wrong tokens, 429 with \`Retry-After\`.`

const TAGS = [
  { name: 'Cameras', description: 'What each camera shows, and what is in it' },
  { name: 'Events', description: 'What has happened, and what happens' },
  { name: 'Control', description: 'What clients may change while the service runs' },
  { name: 'Detection', description: 'Pictures of your own' },
  { name: 'Live', description: 'Results, states and video as they come' },
  { name: 'Power', description: 'Watts and joules' },
  { name: 'Service', description: 'Health, statistics, metrics and this document' },
  { name: 'go2rtc', description: 'For players of go2rtc' },
  { name: 'DeepStack and CodeProject.AI', description: 'For Frigate, Blue Iris and others' },
  { name: 'DOODS2', description: "For Home Assistant's doods" },
]

export interface ApiOptions {
  readonly version: string
  /** Whether clients must show a token. */
  readonly guarded: boolean
}

/** The OpenAPI 3.1 document of all routes that the application has by now. */
export function describeApi(app: OpenAPIHono, { version, guarded }: ApiOptions) {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'squint', version, description: DESCRIPTION },
    servers: [{ url: '/', description: 'This service' }],
    tags: TAGS,
  })
  return guarded ? withSecurity(document) : document
}

type Document = ReturnType<OpenAPIHono['getOpenAPI31Document']>
type Item = NonNullable<Document['paths']>[string]
type Operation = NonNullable<Item['get']>

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

/** Says how to show a token, and which role each route asks for. */
function withSecurity(document: Document): Document {
  const paths = Object.entries({ ...document.paths }).map(
    ([path, item]) => [path, guardedItem(path, item)] as const,
  )
  return {
    ...document,
    paths: Object.fromEntries(paths),
    components: {
      ...document.components,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: '`server.token`, or `server.viewerToken`, which may only look',
        },
        password: {
          type: 'http',
          scheme: 'basic',
          description: 'The token as the password, with any name: for players that take a URL',
        },
        cookie: { type: 'apiKey', in: 'cookie', name: COOKIE, description: 'Set by `/?token=`' },
      },
    },
  }
}

function guardedItem(path: string, item: Item): Item {
  const guarded = METHODS.flatMap(method => {
    const operation = item[method]
    const access = accessTo(method.toUpperCase(), path.replace(/\{(\w+)\}/g, ':$1'))
    if (operation === undefined || access === undefined) return []
    return [[method, guardedOperation(operation, access)] as const]
  })
  return { ...item, ...Object.fromEntries(guarded) }
}

function guardedOperation(operation: Operation, access: Access): Operation {
  if (access === 'public') return operation
  const refused = (description: string) => ({
    description,
    content: {
      'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
    },
  })
  return {
    ...operation,
    security: [{ bearer: [access] }, { password: [access] }, { cookie: [access] }],
    responses: {
      401: refused('The token is missing or another'),
      ...(access === 'admin' && { 403: refused(PROBLEMS[403]) }),
      ...operation.responses,
    },
  }
}
