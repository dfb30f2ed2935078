// The same packages in a later version, whose configuration file has a line more.

import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const NEWER = '99.0.0'

function change(file, from, to) {
  const text = readFileSync(file, 'utf8')
  if (!text.includes(from))
    throw new Error(`expected ${JSON.stringify(from)} in ${file}, found none`)
  writeFileSync(file, text.replace(from, to))
}

function age(files, version) {
  change(
    join(files, 'usr/lib/squint/package.json'),
    `"version": "${version}"`,
    `"version": "${NEWER}"`,
  )
  appendFileSync(join(files, 'etc/squint/squint.yaml'), '# what a later version says\n')
}

/** Writes a later version of the .deb and of the unpacked tarball into `folder`. */
export function makeNewer(folder, { deb, tarball, version }) {
  const work = join(folder, 'newer')
  execFileSync('dpkg-deb', ['--raw-extract', deb, work])
  age(work, version)
  change(join(work, 'DEBIAN/control'), `\nVersion: ${version}\n`, `\nVersion: ${NEWER}\n`)
  execFileSync('dpkg-deb', [
    '--root-owner-group',
    '-Zgzip',
    '--build',
    work,
    join(folder, 'newer.deb'),
  ])

  const unpacked = join(folder, 'unpacked')
  mkdirSync(unpacked)
  execFileSync('tar', ['-xzf', tarball, '-C', unpacked])
  renameSync(join(unpacked, `squint-${version}-linux-x64`), join(folder, 'newer-tarball'))
  age(join(folder, 'newer-tarball/files'), version)
}
