import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import { createServer } from 'node:net'
import { json } from 'node:stream/consumers'
import { z } from 'zod'
import type { Config } from '../config/schema.js'
import type { Finding, Surroundings } from './finding.js'

/** Milliseconds that whoever has the port may take to say who it is. */
const LIMIT_MS = 2000

/** What squint says to anybody: what it is, or that a token is needed. */
const descriptionSchema = z.object({
  info: z.object({ title: z.literal('squint'), version: z.string() }),
})
const refusalSchema = z.object({ code: z.literal('UNAUTHORIZED') })

/** Could the service listen, or does it already? */
export async function checkPort({ configuration, signal }: Surroundings): Promise<Finding[]> {
  const { server } = configuration.config
  const { host, port } = server
  const base = { subject: 'port', essential: true, details: { host, port } }
  const address = authority(host, port)
  if (port === 0) return [{ ...base, state: 'well', found: 'the system will choose one' }]
  const obstacle = await obstacleAt(host, port)
  if (obstacle === undefined) return [{ ...base, state: 'well', found: `${address} is free` }]
  if (obstacle !== 'EADDRINUSE') {
    const found = `${address} cannot be had: ${obstacle}`
    const mend = "It takes one of this machine's addresses, and a port of 1024 or more."
    return [{ ...base, state: 'missing', found, mend }]
  }
  const squint = await whoAnswers(server, AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]))
  if (squint !== undefined) {
    return [{ ...base, state: 'well', found: `${squint} already answers at ${address}` }]
  }
  const found = `${address} is taken by another program`
  return [
    { ...base, state: 'missing', found, mend: `sudo ss -ltnp 'sport = :${port}'   # whose it is` },
  ]
}

/** Listens for a moment; the code of what is in the way, or undefined. */
async function obstacleAt(host: string, port: number): Promise<string | undefined> {
  const server = createServer()
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    return Object(error).code
  }
  server.close()
  await once(server, 'close')
  return undefined
}

/** Which squint listens there, or undefined. The token stays here: who has the port may be anybody. */
export async function whoAnswers(
  { host, port, tls }: Config['server'],
  signal: AbortSignal,
): Promise<string | undefined> {
  // an address that means all of them can be listened at only
  const near = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  try {
    const body = await ask(tls ? 'https' : 'http', `${authority(near, port)}/openapi.json`, signal)
    const described = descriptionSchema.safeParse(body)
    if (described.success) return `squint ${described.data.info.version}`
    return refusalSchema.safeParse(body).success ? 'a squint with a token' : undefined
  } catch {
    return undefined
  }
}

/** The JSON at an address. A certificate is made out to the service's name and not to an address, and nothing secret is said. */
function ask(scheme: 'http' | 'https', place: string, signal: AbortSignal): Promise<unknown> {
  const options = { signal, rejectUnauthorized: false, agent: false } as const
  const { get } = scheme === 'https' ? https : http
  return new Promise((resolve, reject) => {
    get(`${scheme}://${place}`, options, answer => json(answer).then(resolve, reject)).on(
      'error',
      reject,
    )
  })
}

function authority(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
