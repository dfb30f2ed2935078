import { listOf, shape } from '../client/guards.js'
import { isExit, isFrame } from '../client/shapes.js'
import type { Decision } from './decisions.js'

/** Enough to begin a list with: some seconds of a fast camera. */
const LIMIT = 200
const TIMEOUT_MS = 5000

const isDecisions = listOf(shape<Decision>({ frame: isFrame, exit: isExit }))

/** A camera's last decisions, oldest first; none if the service cannot tell, as older ones cannot. */
export async function fetchDecisions(
  camera: string,
  signal: AbortSignal,
): Promise<readonly Decision[]> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
    const url = `/api/cameras/${encodeURIComponent(camera)}/explain?limit=${LIMIT}`
    const response = await fetch(url, { signal: limit, cache: 'no-store' })
    const body: unknown = response.ok ? await response.json() : []
    return isDecisions(body) ? body.toReversed() : []
  } catch {
    return []
  }
}
