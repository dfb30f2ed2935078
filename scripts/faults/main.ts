/**
 * All that may go wrong, each often enough to be believed: cameras that misbehave in twelve ways beside every output, 500 cameras and
 * viewers that come and go, and 1,000 programs that are cut off while they write. Exit code 1 if anything is not fine.
 *
 *     bash scripts/faults/run [--only behaviours|cycles|cut-offs] [--turns 500] [--rounds 1000] [--out docs/trust/faults.json]
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { tryBehaviours } from './behaviours.js'
import { tryCutOffs } from './cut-offs.js'
import { tryCycles } from './cycles.js'
import type { Row } from './row.js'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    turns: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '1000' },
    out: { type: 'string', default: 'docs/trust/faults.json' },
  },
})
const rows: Row[] = []
const tell = (row: Row) => {
  rows.push(row)
  const { kind, name, fine, ...found } = row
  process.stdout.write(
    `${fine ? 'ok     ' : 'NOT OK '} ${kind}: ${name} ${JSON.stringify(found)}\n`,
  )
}
const parts: Readonly<Record<string, () => Promise<void>>> = {
  'cut-offs': () => tryCutOffs(Number(values.rounds), tell),
  cycles: () => tryCycles(Number(values.turns), tell),
  behaviours: () => tryBehaviours(tell),
}
const chosen = Object.entries(parts).filter(([name]) => (values.only ?? name) === name)
if (chosen.length === 0) throw new Error(`--only: expected one of ${Object.keys(parts).join(', ')}`)
for (const [, part] of chosen) await part()

mkdirSync(dirname(values.out), { recursive: true })
const machine = `${cpus().length} x ${cpus()[0]?.model}, node ${process.version}`
const command = ['bash scripts/faults/run', ...process.argv.slice(2)].join(' ')
const written = { command, machine, date: new Date().toISOString(), rows }
writeFileSync(values.out, `${JSON.stringify(written, undefined, 1)}\n`)
process.exit(rows.every(({ fine }) => fine) ? 0 : 1)
