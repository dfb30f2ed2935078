/** What the packages and the container name is there. scripts/packages/run builds, installs and removes them. */
import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { loadConfig } from '../src/config/load.js'
import { packageRoot } from '../src/lib/package.js'

const run = promisify(execFile)
const at = (path: string): string => join(packageRoot, path)
const read = (path: string): string => readFileSync(at(path), 'utf8')
const SETTINGS = '/etc/squint/squint.yaml'
const PROGRAM = '/usr/lib/squint/build/src/cli.js'

/** Is there such a file or folder? Its last part may hold a `*`. */
function exists(path: string): boolean {
  if (!path.includes('*')) return existsSync(at(path))
  const [start = '', end = ''] = basename(path).split('*')
  return readdirSync(at(dirname(path))).some(name => name.startsWith(start) && name.endsWith(end))
}

const dockerfile = read('Dockerfile').replaceAll('\\\n', ' ')

t.test('what the container is built from is there, and let in', async t => {
  const sources = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, list]) =>
    list!.split(' '),
  )
  t.ok(sources.length > 10, `expected more than 10, found ${sources.length}`)
  const [all, ...letIn] = read('.dockerignore').trim().split('\n')
  t.equal(all, '*')
  for (const source of sources) {
    t.ok(exists(source), source)
    t.ok(
      letIn.some(line => `${source}/`.startsWith(`${line.slice(1)}/`)),
      `.dockerignore: ${source}`,
    )
  }
})

t.test('the container is pinned, has no rights and says how it is', async t => {
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base!)
  t.equal(bases.length, 2)
  for (const base of bases) t.match(base, /^node:20\.\d+\.\d+-\w+-slim$/)
  t.match(dockerfile.split(/^FROM /m).at(-1), /^USER [1-9]\d*$/m)
  t.match(dockerfile, /^HEALTHCHECK .*CMD \["node", .*\/healthz/m)
  t.match(dockerfile, /^RUN npm ci --ignore-scripts /m)
})

t.test('what goes into a package is there', async t => {
  const named = read('scripts/package').match(/(?<=\s)(?:docs|models|packaging|systemd)\/[\w.*-]+/g)
  const files = new Set(named ?? [])
  t.ok(files.size > 8, `expected more than 8, found ${files.size}`)
  for (const file of files) t.ok(exists(file), file)
  const blanks = read('packaging/control').match(/@\w+@/g) ?? []
  t.same(blanks, ['@VERSION@', '@ARCHITECTURE@', '@KIBIBYTES@'])
  for (const blank of blanks) t.match(read('scripts/package'), `s/${blank}/`)
  for (const name of ['postinst', 'prerm', 'postrm', 'install', 'squint']) {
    await t.resolves(run('sh', ['-n', at(`packaging/${name}`)]), name)
  }
})

t.test('unit, command and packages mean the same places', async t => {
  const unit = read('systemd/squint.service')
  t.match(unit, `\nExecStart=/usr/bin/node ${PROGRAM} serve --config ${SETTINGS}\n`)
  t.match(read('packaging/install'), `\\nExecStart=%s ${PROGRAM} serve --config ${SETTINGS}\\n`)
  t.match(read('packaging/squint'), `exec /usr/bin/node ${PROGRAM} `)
  t.match(read('scripts/package'), `echo ${SETTINGS} >"$deb/DEBIAN/conffiles"`)
  t.match(read('packaging/postinst'), `chmod 0640 ${SETTINGS}\n`)
  const state = /^StateDirectory=(\S+)$/m.exec(unit)?.[1]
  for (const file of ['packaging/postrm', 'packaging/install', 'Dockerfile']) {
    t.match(read(file), `/var/lib/${state}`, file)
  }
})

t.test('the configurations that are installed are right, with their examples too', async t => {
  for (const file of ['packaging/squint.yaml', 'packaging/container.yaml']) {
    await t.resolves(loadConfig(at(file), {}), file)
  }
  const examples = read('packaging/squint.yaml').replace(/^# (?=server:|cameras:| {2})/gm, '')
  const folder = t.testdir({ 'squint.yaml': examples })
  const { cameras, server } = await loadConfig(join(folder, 'squint.yaml'), {})
  t.same(
    cameras.map(({ id }) => id),
    ['porch', 'yard'],
  )
  t.equal(server.host, '0.0.0.0')
})

t.test('the tarball keeps what its owner wrote', async t => {
  const root = t.testdir({
    board: {},
    tarball: {
      files: {
        etc: { squint: { 'squint.yaml': '# 1\n' } },
        usr: {
          bin: { squint: 'exec /usr/bin/node' },
          lib: { squint: { 'package.json': '{"version":"1.0.0"}', 'of-1': '' } },
        },
      },
    },
  })
  const tarball = join(root, 'tarball')
  const board = (path: string) => join(root, 'board', path)
  const install = (...args: string[]) =>
    run('sh', [join(tarball, 'install'), ...args], {
      env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, DESTDIR: join(root, 'board') },
    })
  cpSync(at('packaging/install'), join(tarball, 'install'))

  t.match((await install()).stderr, 'installed 1.0.0')
  t.equal(statSync(board(SETTINGS)).mode & 0o777, 0o640)
  writeFileSync(board(SETTINGS), '# mine\n')
  mkdirSync(board('var/lib/squint'), { recursive: true })

  writeFileSync(join(tarball, `files${SETTINGS}`), '# 2\n')
  const home = join(tarball, 'files/usr/lib/squint')
  rmSync(join(home, 'of-1'))
  writeFileSync(join(home, 'package.json'), '{"version":"2.0.0"}')
  t.match((await install()).stderr, 'installed 2.0.0')
  t.same(readdirSync(board('usr/lib')), ['squint'], 'nothing half done is left')
  t.same(readdirSync(board('usr/lib/squint')), ['package.json'])
  t.equal(readFileSync(board(SETTINGS), 'utf8'), '# mine\n')
  t.equal(readFileSync(board(`${SETTINGS}.new`), 'utf8'), '# 2\n')

  await install('--remove')
  t.same([existsSync(board('usr/lib/squint')), existsSync(board('usr/bin/squint'))], [false, false])
  t.equal(readFileSync(board(SETTINGS), 'utf8'), '# mine\n')
  await install('--purge')
  t.same([existsSync(board('etc/squint')), existsSync(board('var/lib/squint'))], [false, false])

  await t.rejects(install('--upgrade'), { code: 2, stderr: /found --upgrade/ })
  mkdirSync(board('var/lib/dpkg/info'), { recursive: true })
  for (const list of ['list', 'md5sums'])
    writeFileSync(board(`var/lib/dpkg/info/squint.${list}`), '')
  await t.rejects(install(), { code: 2, stderr: /installed as a Debian package/ })
})
