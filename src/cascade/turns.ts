/** One thing at a time, in order of arrival; idle work only while nothing else waits. */
export interface Turns {
  /** Runs `work` after all that was asked for before. */
  next<T>(work: () => Promise<T>): Promise<T>
  /** Runs `work` once nothing is waiting; what is asked for meanwhile waits for this one piece only. */
  idle<T>(work: () => Promise<T>): Promise<T>
}

export function createTurns(): Turns {
  const urgent: (() => Promise<void>)[] = []
  const patient: (() => Promise<void>)[] = []
  let busy = false

  async function run(): Promise<void> {
    if (busy) return
    busy = true
    for (;;) {
      const work = urgent.shift() ?? patient.shift()
      if (work === undefined) break
      await work()
      // let messages in before idle work is begun
      if (urgent.length === 0) await new Promise(resolve => setImmediate(resolve))
    }
    busy = false
  }

  function queue<T>(line: (() => Promise<void>)[], work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      line.push(() => work().then(resolve, reject))
      void run()
    })
  }

  return {
    next: work => queue(urgent, work),
    idle: work => queue(patient, work),
  }
}
