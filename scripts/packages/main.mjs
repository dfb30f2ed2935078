// Are the packages what they should be, and do they keep what is not theirs? Run by `bash scripts/packages/run`.

import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { contents, sha256 } from './contents.mjs'
import { life } from './life.mjs'
import { boot } from './machine.mjs'
import { makeNewer } from './newer.mjs'

const here = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const [work] = process.argv.slice(2)
const { version } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'))
const files = cpu => [
  `squint_${version}_${cpu.replace('x64', 'amd64')}.deb`,
  `squint-${version}-linux-${cpu}.tar.gz`,
]

/** Prints each row as it comes: [check, expected, found, fine where that is more than equality]. */
const rows = []
function add(...found) {
  for (const [check, expected, what, fine = expected === what] of found) {
    rows.push({ check, expected, found: what, fine })
    process.stdout.write(
      `${fine ? ' ✓' : ' ✗'} ${check}: ${what}${fine ? '' : `, expected ${expected}`}\n`,
    )
  }
}

for (const cpu of ['x64', 'arm64']) {
  const [deb] = files(cpu)
  add(...contents(cpu, join(here, 'artifacts', deb), join(work, cpu), version))
  for (const file of files(cpu)) {
    const [one, other] = [here, join(work, 'again')].map(root =>
      sha256(join(root, 'artifacts', file)),
    )
    add([`${file}: built again elsewhere, sha256`, one, other])
  }
}

const root = join(work, 'root')
const packages = join(root, 'packages')
const [deb, tarball] = files('x64').map(file => join(here, 'artifacts', file))
mkdirSync(packages)
makeNewer(packages, { deb, tarball, version })
cpSync(deb, join(packages, 'older.deb'))
execFileSync('tar', ['-xzf', tarball, '-C', packages])

/** What a container would run to see whether the service is well. */
const [, command] = /^HEALTHCHECK .*\\\n\s+CMD (\[.*\])$/m.exec(
  readFileSync(join(here, 'Dockerfile'), 'utf8'),
)
const healthCheck = JSON.parse(command)

const machine = await boot(root)
try {
  const apt = 'apt-get --quiet --yes --allow-downgrades -o Dpkg::Options::=--force-confold'
  const debian = {
    name: '.deb',
    version,
    healthCheck,
    install: `${apt} install --no-install-recommends /packages/older.deb`,
    upgrade: `${apt} install --no-install-recommends /packages/newer.deb`,
    remove: `${apt} remove squint`,
    purge: `${apt} purge squint`,
    beside: '/etc/squint/squint.yaml.dpkg-dist',
  }
  await life(machine, debian, add)
  await machine.sh('userdel squint') // packages leave users behind, as files may be theirs
  const older = `/packages/squint-${version}-linux-x64`
  const other = {
    name: 'tarball',
    version,
    healthCheck,
    install: `${older}/install`,
    upgrade: '/packages/newer-tarball/install',
    remove: '/packages/newer-tarball/install --remove',
    purge: `${older}/install --purge`,
    beside: '/etc/squint/squint.yaml.new',
  }
  await life(machine, other, add)
} finally {
  await machine.stop()
}

const bad = rows.filter(({ fine }) => !fine)
const report = {
  command: 'bash scripts/packages/run',
  machine: `${cpus().length}-core ${cpus()[0].model.trim()}, Node ${process.versions.node}; Debian 13 in systemd-nspawn`,
  date: new Date().toISOString(),
  rows,
}
mkdirSync(join(here, 'docs/trust'), { recursive: true })
writeFileSync(join(here, 'docs/trust/install.json'), `${JSON.stringify(report, null, 2)}\n`)
process.stdout.write(`${rows.length - bad.length} of ${rows.length} are as they should be\n`)
process.exitCode = bad.length === 0 ? 0 : 1
