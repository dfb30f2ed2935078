import { setTimeout as sleep } from 'node:timers/promises'
import type { Audience } from './audience.js'
import type { Fault } from './faults.js'
import type { Plant } from './plant.js'

/** After the end of what was wrong; beyond it nothing has recovered by itself. */
export const LIMIT_MS = 30_000
const LOOK_MS = 250
/** Frames that each viewer must have seen since. */
const FRAMES = 3

export interface Suffered {
  readonly fault: string
  /** Milliseconds from its end until everything had come: by what. Missing: it did not within twice the limit. */
  readonly recoveredMs: Readonly<Record<string, number>>
  readonly missing: readonly string[]
  /** Longest wait for a frame of the camera that nothing was wrong with, and for an answer by HTTP, from beginning to recovery. */
  readonly bystanderMs: number
  readonly httpMs: number
  /** Starts of the moody camera's tool. */
  readonly starts: number
}

/** Lets something go wrong for a while, and sees what it costs and when all is well again. */
export async function suffer(
  plant: Plant,
  audience: Audience,
  fault: Fault,
  holdMs: number,
): Promise<Suffered> {
  const { eyes } = audience
  const bystanders = [...eyes].filter(([name]) => name.startsWith('street')).map(([, eye]) => eye)
  for (const eye of bystanders) eye.longestWait()
  const startsBefore = plant.tool.started().length
  const probe = probeHttp(plant.url)

  const end = await fault.begin()
  await sleep(holdMs)
  await end()

  const from = performance.now()
  const due = dueSince(plant, audience)
  const recoveredMs: Record<string, number> = {}
  while (due.size > 0 && performance.now() - from < 2 * LIMIT_MS) {
    await sleep(LOOK_MS)
    const stats = await plant.stats()
    for (const [name, isWell] of due) {
      if (!isWell(stats)) continue
      recoveredMs[name] = Math.round(performance.now() - from)
      due.delete(name)
    }
  }
  return {
    fault: fault.name,
    recoveredMs,
    missing: [...due.keys()],
    bystanderMs: Math.round(Math.max(...bystanders.map(eye => eye.longestWait()))),
    httpMs: Math.round(await probe()),
    starts: plant.tool.started().length - startsBefore,
  }
}

type Stats = Awaited<ReturnType<Plant['stats']>>

/** What must have come from now on, and when it has. */
function dueSince(plant: Plant, { eyes }: Audience): Map<string, (stats: Stats) => boolean> {
  const due = new Map<string, (stats: Stats) => boolean>()
  for (const [name, eye] of eyes) {
    const before = eye.seen()
    due.set(name, () => eye.seen() >= before + FRAMES)
  }
  const published = plant.published('moody')
  const hooked = plant.hooked('moody')
  due.set('mqtt', () => plant.published('moody') > published)
  due.set('webhook', () => plant.hooked('moody') > hooked)
  due.set('journal', ({ events }) => events.journal.error === null)
  due.set('cameras', ({ cameras }) => cameras.every(({ status }) => status.state === 'streaming'))
  return due
}

/** Asks again and again whether the service is alive. @returns what ends it, and gives the longest wait for an answer */
function probeHttp(url: string): () => Promise<number> {
  let longest = 0
  let over = false
  const run = async () => {
    while (!over) {
      const from = performance.now()
      const answer = await fetch(`${url}/healthz`)
      await answer.arrayBuffer()
      longest = Math.max(longest, answer.ok ? performance.now() - from : Number.POSITIVE_INFINITY)
      await sleep(200)
    }
  }
  const running = run().catch(() => {
    longest = Number.POSITIVE_INFINITY
  })
  return async () => {
    over = true
    await running
    return longest
  }
}
