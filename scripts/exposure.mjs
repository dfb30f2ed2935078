// How much of the system the unit exposes, by systemd-analyze, of 10, kept in docs/trust/systemd.json. Exit code 1 above 3.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const MAX_EXPOSURE = 3

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const run = (...args) => spawnSync('systemd-analyze', args, { encoding: 'utf8', cwd: root })
const [version] = run('--version').stdout.split('\n')
const args = ['security', '--no-pager', '--offline=true', 'systemd/squint.service']
const { stdout } = run(...args)
const exposure = Number(/exposure level for squint\.service: ([\d.]+)/.exec(stdout)?.[1])
const kept = {
  command: 'node scripts/exposure.mjs',
  machine: `${cpus().length} x ${cpus()[0].model.trim()}`,
  date: new Date().toISOString().slice(0, 10),
  rows: [{ version, exposure }],
}
writeFileSync(join(root, 'docs/trust/systemd.json'), `${JSON.stringify(kept, undefined, 2)}\n`)
process.stdout.write(`${version}: ${exposure} of 10\n`)
if (!(exposure <= MAX_EXPOSURE)) process.exitCode = 1
