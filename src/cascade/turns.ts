/** One thing at a time, in order of arrival; idle work only while nothing else waits. */
export interface Turns {
  /** Runs `work` after all that was asked for before. */
  next<T>(work: () => Promise<T>): Promise<T>
  /** Runs `work` once nothing is waiting; what is asked for meanwhile waits for this one piece only. */
  idle<T>(work: () => Promise<T>): Promise<T>
  /**
   * For the work whose turn it is: lets others go on until `wait` settles, then goes on before all that have not begun. What it
   * shares with them may have changed meanwhile.
   */
  away<T>(wait: Promise<T>): Promise<T>
}

/** Begins a piece of work, or goes on with it. */
type Start = () => void

export function createTurns(): Turns {
  const back: Start[] = []
  const urgent: Start[] = []
  const patient: Start[] = []
  let busy = false
  /** Ends the turn that is being taken. */
  let leave: (() => void) | undefined

  async function run(): Promise<void> {
    if (busy) return
    busy = true
    for (;;) {
      const start = back.shift() ?? urgent.shift() ?? patient.shift()
      if (start === undefined) break
      await new Promise<void>(resolve => {
        leave = resolve
        start()
      })
      leave = undefined
      // let messages in before idle work is begun
      if (urgent.length === 0) await new Promise(resolve => setImmediate(resolve))
    }
    busy = false
  }

  function queue<T>(line: Start[], work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      // who was away has come back before it ends: the turn is its own
      line.push(
        () =>
          void work()
            .then(resolve, reject)
            .then(() => leave!()),
      )
      void run()
    })
  }

  async function away<T>(wait: Promise<T>): Promise<T> {
    // nobody waits for a turn that was never taken
    if (leave === undefined) return wait
    leave()
    try {
      return await wait
    } finally {
      await new Promise<void>(resolve => {
        back.push(resolve)
        void run()
      })
    }
  }

  return {
    next: work => queue(urgent, work),
    idle: work => queue(patient, work),
    away,
  }
}
