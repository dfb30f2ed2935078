// What is in a package, as dpkg-deb and its files say.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'

const MAX_KIBIBYTES = 117_187
/** e_machine of an ELF file. */
const MACHINES = new Map([
  [62, 'x64'],
  [183, 'arm64'],
])

export const sha256 = file => createHash('sha256').update(readFileSync(file)).digest('hex')

const field = (deb, name) =>
  execFileSync('dpkg-deb', ['--field', deb, name], { encoding: 'utf8' }).trim()

/** The CPU that an ELF file is for, undefined for other files. */
function cpuOf(file) {
  const head = Buffer.alloc(20)
  const descriptor = openSync(file, 'r')
  readSync(descriptor, head)
  closeSync(descriptor)
  return head.toString('latin1', 1, 4) === 'ELF'
    ? (MACHINES.get(head.readUInt16LE(18)) ?? 'other')
    : undefined
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isDirectory())
    .map(entry => join(entry.parentPath ?? entry.path, entry.name))
}

/** Rows about one .deb, unpacked with its control files into `folder`. */
export function contents(cpu, deb, folder, version) {
  execFileSync('dpkg-deb', ['--raw-extract', deb, folder])
  const control = join(folder, 'DEBIAN')
  const files = filesOf(folder).filter(file => !file.startsWith(control))
  const architecture = cpu.replace('x64', 'amd64')
  const told = ['Package', 'Version', 'Architecture'].map(name => field(deb, name)).join(' ')
  const conffile = readFileSync(join(control, 'conffiles'), 'utf8').trim()
  const sums = readFileSync(join(control, 'md5sums'), 'utf8').trim().split('\n')
  const wrong = sums.filter(line => {
    const [sum, name] = line.split('  ')
    return (
      createHash('md5')
        .update(readFileSync(join(folder, name)))
        .digest('hex') !== sum
    )
  })
  const cpus = files.map(cpuOf).filter(each => each !== undefined)
  const open = files.filter(file => (lstatSync(file).mode & 0o6022) !== 0)
  const listed = execFileSync('dpkg-deb', ['--contents', deb], { encoding: 'utf8' })
    .trim()
    .split('\n')
  const strangers = listed.filter(line => !/^\S+ root\/root /.test(line))
  const kibibytes = Number(field(deb, 'Installed-Size'))
  return [
    [`${cpu}: package, version, architecture`, `squint ${version} ${architecture}`, told],
    [`${cpu}: kept when it is upgraded`, '/etc/squint/squint.yaml', conffile],
    [`${cpu}: every file but that has its sum`, files.length - 1, sums.length - wrong.length],
    [
      `${cpu}: compiled for`,
      `${cpus.length} x ${cpu}`,
      `${cpus.filter(each => each === cpu).length} x ${cpu}`,
    ],
    [`${cpu}: libraries of sharp (2), ONNX Runtime (2) and ours`, 5, cpus.length],
    [`${cpu}: files that others may write, or that run as root`, 0, open.length],
    [`${cpu}: files of others than root`, 0, strangers.length],
    [
      `${cpu}: KiB installed, without Node.js`,
      `< ${MAX_KIBIBYTES}`,
      kibibytes,
      kibibytes < MAX_KIBIBYTES,
    ],
    [`${cpu}: bytes to load`, '> 0', statSync(deb).size, statSync(deb).size > 0],
  ]
}
