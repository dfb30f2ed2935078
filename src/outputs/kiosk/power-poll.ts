import { isHistory, type PowerHistory, secondsToAsk } from './power-history.js'
import { isUnknownPath } from './unknown-path.js'

/** `missing`: this service keeps no history that the page understands, as older ones do not. */
export type HistoryTrouble = 'missing' | 'unreachable'

const EVERY_MS = 2000
const TIMEOUT_MS = 5000

async function fetchHistory(
  seconds: number,
  signal: AbortSignal,
): Promise<PowerHistory | HistoryTrouble> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
    const url = `/api/power/history?seconds=${seconds}`
    const response = await fetch(url, { signal: limit, cache: 'no-store' })
    if (response.status === 404) return (await isUnknownPath(response)) ? 'missing' : 'unreachable'
    if (!response.ok) return 'unreachable'
    const body: unknown = await response.json()
    return isHistory(body) ? body : 'missing'
  } catch {
    return 'unreachable'
  }
}

/** Asks for all of the last two minutes, then every 2 s for what is new while somebody looks, until there is none to ask for. */
export async function pollHistory(
  onAnswer: (answer: PowerHistory | HistoryTrouble) => void,
  signal: AbortSignal,
): Promise<void> {
  let heardAt: number | undefined
  while (!signal.aborted) {
    if (!document.hidden) {
      const askedAt = performance.now()
      const since = heardAt === undefined ? undefined : askedAt - heardAt
      const answer = await fetchHistory(secondsToAsk(since), signal)
      onAnswer(answer)
      if (answer === 'missing') return
      if (answer !== 'unreachable') heardAt = askedAt
    }
    await new Promise(resolve => setTimeout(resolve, EVERY_MS))
  }
}
