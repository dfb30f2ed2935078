import t, { type Test } from 'tap'
import { decisionSchema, detectSchema, resultSchema } from '../../../src/outputs/http/schemas.js'
import { startApp } from '../../fixtures/services.js'

type Json = Record<string, unknown>
interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema: Json }[]
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Json }> }
  readonly responses: Record<
    string,
    { readonly description: string; readonly content?: Record<string, { readonly schema: Json }> }
  >
  readonly security?: readonly Json[]
}
interface Document {
  readonly openapi: string
  readonly info: Json
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: Record<string, Record<string, Json>>
}

async function start(t: Test, token?: string) {
  const { app } = await startApp(t, token === undefined ? {} : { token })
  const headers = { Authorization: `Bearer ${token}` }
  const document: Document = JSON.parse(
    await (await app.request('/openapi.json', { headers })).text(),
  )
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  )
  return { app, document, operations }
}

/** Files of pages are no part of the interface. */
const PAGES = /^\/$|^\/docs$|\.(js|css|html|svg)$/

t.test('every route is documented, and every documented one is there', async t => {
  const { app, operations } = await start(t)
  const routes = app.routes
    .filter(({ method, path }) => method !== 'ALL' && !PAGES.test(path))
    .map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)/g, '{$1}')}`)
  const documented = operations.map(({ method, path }) => `${method} ${path}`)
  t.same(documented.toSorted(), [...new Set(routes)].toSorted())
  t.ok(documented.length > 20)
})

t.test('the document keeps the rules of OpenAPI 3.1', async t => {
  const { document, operations } = await start(t)
  t.match(document.openapi, /^3\.1\.\d+$/)
  t.match(document.info, { title: /./, version: '1.2.3' })
  const tags = new Set(document.tags.map(({ name }) => name))
  t.equal(new Set(operations.map(({ operation }) => operation.operationId)).size, operations.length)
  for (const { path, method, operation } of operations) {
    const name = `${method} ${path}`
    t.match(path, /^\//)
    t.ok(operation.operationId && operation.summary, `${name} has a name and says what it does`)
    t.ok(operation.tags.length === 1 && tags.has(operation.tags[0]!), `${name} has a known tag`)
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter)
    const parameters = operation.parameters ?? []
    t.same(
      parameters.filter(parameter => parameter.in === 'path').map(parameter => parameter.name),
      inPath,
      `${name} declares what its path holds`,
    )
    for (const parameter of parameters) {
      t.ok(parameter.schema, `${name} ${parameter.name} has a schema`)
      if (parameter.in === 'path') t.equal(parameter.required, true)
      else t.match(parameter.in, /^(query|header)$/)
    }
    const statuses = Object.keys(operation.responses)
    t.ok(
      statuses.some(status => /^[123]\d\d$/.test(status)),
      `${name} can go well`,
    )
    for (const [status, { description, content = {} }] of Object.entries(operation.responses)) {
      t.match(status, /^[1-5]\d\d$/)
      t.ok(description, `${name} ${status} says what it means`)
      for (const [type, { schema }] of Object.entries(content)) t.ok(schema, `${name} ${type}`)
    }
    for (const [type, { schema }] of Object.entries(operation.requestBody?.content ?? {}))
      t.ok(schema, `${name} takes ${type}`)
  }
})

t.test('references lead somewhere, and nothing of OpenAPI 3.0 is left', async t => {
  const { document } = await start(t)
  const text = JSON.stringify(document)
  const references = [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/([\w-]+)"/g)]
  for (const [, kind, name] of references) t.ok(document.components[kind!]?.[name!], name!)
  t.ok(references.length > 30)
  t.equal(references.length, text.split('"$ref"').length - 1, 'all of them inside the document')
  t.notMatch(text, /"nullable"|"exclusiveM\w+":(true|false)/)
})

t.test('an answer is described by the schema that the types come from', async t => {
  const { document } = await start(t)
  const { schema } =
    document.paths['/api/cameras/{id}/detections']!.get!.responses[200]!.content![
      'application/json'
    ]!
  t.equal(schema.$ref, '#/components/schemas/Result')
  const { Exit, Result, ErrorCode } = document.components.schemas!
  t.match(Exit, { properties: { reason: { enum: /unchanged/ } } })
  t.match(ErrorCode, { enum: /CAMERA_UNKNOWN/ })
  t.same(resultSchema.parse(Result!.example), Result!.example, 'the example is one')
  t.ok(decisionSchema.shape.candidates && detectSchema.shape.detections)
})

t.test('with a token every route but those for supervisors asks for it', async t => {
  const { document, operations } = await start(t, 'correct horse battery')
  const schemes = Object.keys(document.components.securitySchemes!)
  t.same(schemes, ['bearer', 'password', 'cookie'])
  for (const { path, method, operation } of operations) {
    const open = path === '/healthz' || path === '/readyz'
    const changes = ['put', 'delete', 'patch'].includes(method) || path === '/api/configuration'
    const role = changes ? 'admin' : 'viewer'
    t.same(operation.security, open ? undefined : schemes.map(name => ({ [name]: [role] })), path)
    t.equal('401' in operation.responses, !open, path)
    if (changes) t.match(operation.responses[403], { description: /the token may only look/ })
  }
  const free = await start(t)
  t.notOk(free.document.components.securitySchemes)
  for (const { operation } of free.operations) t.notOk(operation.security)
})
