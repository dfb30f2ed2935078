/** The unit and its company, read by systemd's own tools (Debian's package systemd). */
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { packageRoot } from '../src/lib/package.js'

const run = promisify(execFile)
const FOLDER = join(packageRoot, 'systemd')
/** Highest exposure, of 10 (systemd-analyze security). */
const MAX_EXPOSURE = 3

/** The unit under its own name in a folder of its own, with Node where it is on this machine. */
function unit(t: Test, change: (text: string) => string = text => text): string {
  const text = readFileSync(join(FOLDER, 'squint.service'), 'utf8')
  const changed = change(text.replace('/usr/bin/node ', `${process.execPath} `))
  return join(t.testdir({ 'squint.service': changed }), 'squint.service')
}

async function complaints(file: string): Promise<string[]> {
  const { stderr } = await run('systemd-analyze', ['verify', '--man=no', file])
  return stderr.split('\n').filter(line => line.includes('squint.service'))
}

async function exposure(file: string): Promise<number> {
  const args = ['security', '--no-pager', '--offline=true', `--threshold=${MAX_EXPOSURE * 10}`]
  // its exit code is 1 above the threshold
  const { stdout } = await run('systemd-analyze', [...args, file]).catch(error => error)
  return Number(/exposure level for squint\.service: ([\d.]+)/.exec(stdout)?.[1])
}

t.test('systemd finds nothing wrong with the unit', async t => {
  t.same(await complaints(unit(t)), [])
  const wrong = unit(t, text => text.replace('WatchdogSec=15', 'WatchdogSec=often'))
  t.match(await complaints(wrong), [/Failed to parse .*often/])
})

t.test('the unit exposes the system little', async t => {
  const found = await exposure(unit(t))
  t.comment(`exposure ${found} of 10`)
  t.ok(found <= MAX_EXPOSURE, `expected at most ${MAX_EXPOSURE}, found ${found}`)
  const open = unit(t, text =>
    text.replace(/^(Protect|Restrict|SystemCall|Capability|NoNew|Device|User)\w+=.*$/gm, ''),
  )
  t.ok((await exposure(open)) > MAX_EXPOSURE)
})

t.test('what the unit promises is what the service needs', async t => {
  const text = readFileSync(unit(t), 'utf8')
  t.match(text, /^StateDirectory=squint$/m, 'where the service keeps what it has learnt')
  t.notMatch(text, /^MemoryDenyWriteExecute=/m, 'V8 compiles at run time')
  t.match(text, /^NotifyAccess=all$/m, 'systemd-notify is a child')
})

t.test('user, groups and rights come about as described', async t => {
  const root = t.testdir()
  const meter = 'sys/class/powercap/intel-rapl:0/energy_uj'
  mkdirSync(join(root, 'etc'))
  mkdirSync(join(root, meter, '..'), { recursive: true })
  writeFileSync(join(root, meter), '1\n', { mode: 0o400 })
  await run('systemd-sysusers', [`--root=${root}`, join(FOLDER, 'squint.sysusers')])
  const lines = (name: string) => readFileSync(join(root, 'etc', name), 'utf8').split('\n')
  const [, , , group, , home, shell] =
    lines('passwd')
      .find(line => line.startsWith('squint:'))
      ?.split(':') ?? []
  t.same([home, shell], ['/var/lib/squint', '/usr/sbin/nologin'])
  for (const name of ['video', 'render', 'i2c']) {
    t.ok(
      lines('group').some(line => new RegExp(`^${name}:.*:squint$`).test(line)),
      name,
    )
  }

  if (process.getuid?.() !== 0) return t.comment('rights need root: not tried')
  const file = join(root, 'squint.conf')
  copyFileSync(join(FOLDER, 'squint.tmpfiles'), file)
  await run('systemd-tmpfiles', [`--root=${root}`, '--create', file])
  const { mode, gid } = statSync(join(root, meter))
  t.same([mode & 0o777, gid], [0o440, Number(group)])
})
