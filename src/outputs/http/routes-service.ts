import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { answers, json } from './openapi.js'
import { statsSchema } from './schemas-stats.js'
import type { Services } from './services.js'

const healthSchema = z.object({ status: z.literal('ok') }).openapi('Health')
const readySchema = z
  .object({ ready: z.boolean() })
  .openapi('Readiness', { example: { ready: true } })
const accessSchema = z
  .object({ role: z.enum(['viewer', 'admin']) })
  .openapi('Access', { example: { role: 'viewer' } })

/** Health, readiness, access, statistics and metrics. */
export function serviceRoutes(app: OpenAPIHono, { cameras, metrics, stats }: Services): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/healthz',
      operationId: 'getHealth',
      tags: ['Service'],
      summary: 'Is the process alive?',
      responses: answers(json(healthSchema, 'Yes')),
    }),
    context => context.json({ status: 'ok' as const }, 200),
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/readyz',
      operationId: 'getReadiness',
      tags: ['Service'],
      summary: 'Does any camera give frames?',
      responses: {
        ...answers(json(readySchema, 'Yes')),
        503: json(readySchema, 'Not yet, or not now'),
      },
    }),
    context => {
      // anybody may ask, so it names no camera
      const states = [...cameras.values()].map(camera => camera.status().state)
      const ready = states.some(state => state === 'streaming' || state === 'ended')
      return context.json({ ready }, ready ? 200 : 503)
    },
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/access',
      operationId: 'getAccess',
      tags: ['Service'],
      summary: 'What the token that was shown is good for',
      description: 'A viewer looks; an admin also changes things and reads the configuration.',
      responses: answers(json(accessSchema, 'Its role; without tokens everybody is an admin')),
    }),
    context => context.json({ role: context.get('role') }, 200),
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/stats',
      operationId: 'getStats',
      tags: ['Service'],
      summary: 'Latency per stage, exits, watts and joules, and how the board fares',
      responses: answers(json(statsSchema, 'How it goes')),
    }),
    context => context.json(stats(), 200),
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/metrics',
      operationId: 'getMetrics',
      tags: ['Service'],
      summary: 'The same for Prometheus',
      description: 'docs/monitoring.md says what the metrics mean.',
      responses: answers({
        description: 'Text format',
        content: { 'text/plain': { schema: z.string() } },
      }),
    }),
    async context =>
      context.text(await metrics.text(), 200, { 'Content-Type': metrics.contentType }),
  )
}
