import { setTimeout as sleep } from 'node:timers/promises'
import { childrenOf } from '../../test/fixtures/camera.js'
import { MEANING } from '../../test/fixtures/fake-tools.js'
import { openScope } from '../../test/fixtures/scope.js'
import { createAudience } from '../soak/audience.js'
import { faultsOf } from '../soak/faults.js'
import { type Form, startPlant } from '../soak/plant.js'
import { LIMIT_MS, suffer } from '../soak/recovery.js'
import type { Row } from './row.js'

const HOLD_MS = 12_000
/** Between two of them: waits begin anew only after a minute of pictures, so they have grown. */
const REST_MS = 3000
/** The tool of each camera. */
const CHILDREN = 2

/** Every way in which a camera may misbehave, crossed with every way out of the service. */
export async function tryBehaviours(tell: (row: Row) => void): Promise<void> {
  await tryForm('jpeg', tell)
  await tryForm('h264', tell)
}

async function tryForm(form: Form, tell: (row: Row) => void): Promise<void> {
  const scope = openScope()
  try {
    const plant = await startPlant(scope, { mayMount: false, form })
    const audience = createAudience(plant.url, ['street', 'moody'])
    await sleep(15_000)
    const meanings = new Set(Object.values(MEANING).map(meaning => `camera: ${meaning}`))
    const faults = faultsOf(plant, audience).filter(({ name }) => meanings.has(name))
    for (const fault of faults) {
      const { recoveredMs, missing, bystanderMs, httpMs, starts } = await suffer(
        ...([plant, audience, fault, HOLD_MS] as const),
      )
      await sleep(REST_MS)
      const children = childrenOf(plant.pid).length
      const slowest = Math.max(...Object.values(recoveredMs))
      tell({
        kind: 'behaviour',
        name: fault.name,
        recoveredMs,
        ...{ missing, starts, bystanderMs, httpMs, children },
        fine: missing.length === 0 && slowest <= LIMIT_MS && children === CHILDREN,
      })
    }
    audience.close()
    await plant.stop()
  } finally {
    await scope.end()
  }
}
