/** What the service keeps is old or new, never torn, wherever a program or the power is cut off. A thousand rounds: scripts/faults. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { cutOff } from '../fixtures/cut-off.js'
import { STATE_KINDS } from '../fixtures/state-kinds.js'

t.jobs = 2

/** Of those that one life of each kind takes, some of the first. */
const STEPS = [1, 2, 3, 4, 5, 6, 10]

for (const kind of Object.keys(STATE_KINDS)) {
  t.test(`${kind}: cut off at every step of writing`, async t => {
    const folder = t.testdir()
    let found = 0
    for (const [round, step] of STEPS.entries()) {
      // by the power, each second time: what was not synced may be lost
      const { finished, ...end } = await cutOff(kind, folder, step, round % 2 ? round : undefined)
      t.notOk(finished, 'it was cut off')
      t.ok(end.found >= found)
      found = end.found
    }
    t.ok(found > 0)
    const { finished, kept } = await cutOff(kind, folder, 1_000_000)
    t.ok(finished && kept === found + 3, 'and then it goes on')
  })
}

t.test('a file that is written without a sync would be found out', async t => {
  const folder = join(t.testdir(), 'state')
  mkdirSync(folder)
  await t.rejects(
    async () => {
      for (let seed = 0; seed < 12; seed++) await cutOff('unsynced', folder, 4, seed)
    },
    { message: /^unsynced: (torn|cut off)/ },
  )
})
