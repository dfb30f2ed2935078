import { messageOf } from '../../src/lib/errors.js'
import { cutOff } from '../../test/fixtures/cut-off.js'
import { openScope } from '../../test/fixtures/scope.js'
import { STATE_KINDS } from '../../test/fixtures/state-kinds.js'
import type { Row } from './row.js'

/** Programs that write are cut off at every step, one after the other, by SIGKILL and by a power cut in turn: old or new, never torn. */
export async function tryCutOffs(rounds: number, tell: (row: Row) => void): Promise<void> {
  const kinds = Object.keys(STATE_KINDS)
  const each = Math.ceil(rounds / kinds.length)
  // two at a time: most of it is the start of the program
  const waiting = [...kinds]
  const work = async () => {
    for (let kind = waiting.shift(); kind !== undefined; kind = waiting.shift())
      tell(await tryKind(kind, each))
  }
  await Promise.all([work(), work()])
}

async function tryKind(kind: string, rounds: number): Promise<Row> {
  const scope = openScope()
  const folder = scope.testdir()
  const found = { old: 0, new: 0, finished: 0 }
  const torn: string[] = []
  let step = 1
  let steps = 0
  for (let round = 0; round < rounds; round++) {
    try {
      const end = await cutOff(kind, folder, step, round % 2 ? round : undefined)
      if (end.finished) {
        // there are no more steps
        steps = Math.max(steps, step - 1)
        found.finished += 1
        step = 0
      } else if (end.found === end.begun) found.new += 1
      else found.old += 1
    } catch (error) {
      torn.push(`round ${round}, step ${step}: ${messageOf(error)}`)
    }
    // each step twice: by SIGKILL and by a power cut
    if (round % 2) step += 1
  }
  await scope.end()
  return { kind: 'cut off', name: kind, rounds, steps, ...found, torn, fine: torn.length === 0 }
}
