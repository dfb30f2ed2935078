import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { type ApiOptions, describeApi, json } from './openapi.js'
import { servePages } from './pages.js'

/** Swagger UI's style sheet carries its symbols as data, and pictures that were asked for are shown as blobs. */
const CONTENT_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"

const route = createRoute({
  method: 'get',
  path: '/openapi.json',
  operationId: 'getOpenApi',
  tags: ['Service'],
  summary: 'This document; /docs shows it',
  responses: { 200: json(z.record(z.string(), z.unknown()), 'OpenAPI 3.1') },
})

export interface DocsOptions extends ApiOptions {
  /** Folder of the built page. */
  readonly folder: string
}

/** The description of all routes that the application has when it is first asked for, for programs and people. */
export async function docsRoutes(app: OpenAPIHono, options: DocsOptions): Promise<void> {
  let document: ReturnType<typeof describeApi> | undefined
  app.openAPIRegistry.registerPath(route)
  app.get('/openapi.json', context => {
    document ??= describeApi(app, options)
    return context.json(document)
  })
  await servePages(app, {
    prefix: '/docs',
    folder: options.folder,
    contentPolicy: CONTENT_POLICY,
  })
}
