import { monotonicMs } from '../../lib/clock.js'
import { SquintError } from '../../lib/errors.js'
import type { Sysfs } from '../sysfs.js'
import type { Meter, Reading } from './meter.js'

/** Watts, without the time at which they were read. */
export type Watts = Pick<Reading, 'watts' | 'rails'>

/** Which files a meter reads, and what they tell. */
export interface Plan extends Pick<Meter, 'name' | 'scope' | 'accuracy' | 'source' | 'warnings'> {
  readonly files: readonly string[]
  /** What makes up the watts: a meter that is found again must count the same. */
  readonly counts: readonly string[]
  /**
   * @param texts what the files say, in their order; undefined: cannot be read
   * @throws SquintError METER_SILENT if that makes no sense
   */
  tell(texts: readonly (string | undefined)[]): Watts
}

/** Our judgement: no board that runs this service draws more, so more is a broken sensor or a counter that was reset. */
const MOST_WATTS = 1000

/**
 * A meter that asks the same few files at each reading.
 * @param find looks for them by name, never by number; asked again once one cannot be read, as after a driver's reload.
 *   undefined: there is no such meter, or it does not answer.
 */
export async function createFileMeter(
  sysfs: Sysfs,
  find: () => Promise<Plan | undefined>,
): Promise<Meter | undefined> {
  const first = await find()
  if (!first) return undefined
  let plan = first
  let files = sysfs.keep(plan.files)
  let answering: Promise<Reading> | undefined

  function tell(texts: readonly (string | undefined)[]): Reading {
    const at = monotonicMs()
    return { ...sensible(plan.tell(texts), plan.source), at }
  }

  async function answer(): Promise<Reading> {
    const texts = await files.read()
    try {
      return tell(texts)
    } catch (silence) {
      const found = texts.includes(undefined) ? await find() : undefined
      if (found?.counts.join() !== plan.counts.join()) throw silence
      files.close()
      plan = found
      files = sysfs.keep(plan.files)
      return tell(await files.read())
    }
  }

  return {
    get name() {
      return plan.name
    },
    get scope() {
      return plan.scope
    },
    get accuracy() {
      return plan.accuracy
    },
    get source() {
      return plan.source
    },
    get warnings() {
      return plan.warnings
    },
    read(signal) {
      // a reading whose caller gave up may still hang in the hardware
      answering ??= answer().finally(() => {
        answering = undefined
      })
      return unlessAborted(answering, signal, plan.source)
    },
    async close() {
      files.close()
    },
  }
}

/** The error of a meter that does not answer. */
export function silent(message: string): SquintError {
  return new SquintError('METER_SILENT', message)
}

function sensible({ watts, rails }: Watts, source: string): Watts {
  if (!(watts >= 0 && watts <= MOST_WATTS)) {
    throw silent(`${source}: expected 0 to ${MOST_WATTS} W, found ${watts.toFixed(3)} W`)
  }
  // a sensor's offset may take the current of a rail that is off below zero
  return { watts, rails: rails.map(rail => ({ ...rail, watts: Math.max(0, rail.watts) })) }
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal, source: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(silent(`${source}: expected an answer in time, found none`))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort)
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
