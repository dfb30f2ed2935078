import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { etagOf, isKnown } from './etag.js'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

export interface Pages {
  /** Where the files are asked for: `/` or `/name`; `index.html` answers there itself. */
  readonly prefix: string
  readonly folder: string
  /** Where they may take what from (Content-Security-Policy). */
  readonly contentPolicy: string
}

/** Serves built files from memory. Only those found at the start can be asked for, so no path from the network reaches the disk. */
export async function servePages(
  app: OpenAPIHono,
  { prefix, folder, contentPolicy }: Pages,
): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const { name } = entry
    const type = TYPES[extname(name)]
    // a link could lead out of the folder
    if (type === undefined || !entry.isFile()) continue
    const body = await readFile(join(folder, name))
    const etag = etagOf(body)
    app.get(name === 'index.html' ? prefix : join(prefix, name), context => {
      context.header('ETag', etag)
      context.header('Cache-Control', 'no-cache')
      context.header('Content-Security-Policy', contentPolicy)
      context.header('X-Content-Type-Options', 'nosniff')
      if (isKnown(context, etag)) return context.body(null, 304)
      return context.body(body, 200, { 'Content-Type': type })
    })
  }
}
