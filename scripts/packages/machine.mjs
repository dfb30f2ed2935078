// A Debian with its own systemd, network (loopback only) and processes, in a container that ends with this program.

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const BOOT_MS = 60_000
const STOP_MS = 20_000
const COMMAND_MS = 180_000

// systemd 257 wants cgroups of version 2, which a host may have elsewhere than where systemd-nspawn looks
const NSPAWN = `
mount --make-rprivate /
if [ "$(stat -f -c %T /sys/fs/cgroup)" != cgroup2fs ]; then umount -R /sys/fs/cgroup; mount -t cgroup2 cgroup2 /sys/fs/cgroup; fi
exec systemd-nspawn --quiet --directory "$1" --machine "$2" --register=no --keep-unit --private-network --boot --console=pipe`

/** Runs a program to its end. It never rejects: code is null where the program was killed after `COMMAND_MS`. */
function run(command, args) {
  const options = { timeout: COMMAND_MS, killSignal: 'SIGKILL', maxBuffer: 2 ** 26 }
  return new Promise(done => {
    const child = execFile(command, args, options, (error, stdout, stderr) =>
      done({ code: error ? child.exitCode : 0, stdout, stderr }),
    )
  })
}

/** What `look` returns as soon as it is not undefined; undefined after `limitMs`. */
export async function eventually(look, limitMs) {
  const end = Date.now() + limitMs
  for (;;) {
    const found = await look()
    if (found !== undefined || Date.now() > end) return found
    await sleep(250)
  }
}

/** Boots the Debian in the folder `root`; rejects if it is not up after a minute. */
export async function boot(root) {
  const name = `squint-${process.pid}`
  const nspawn = spawn(
    'setpriv',
    ['--pdeathsig', 'TERM', 'unshare', '--mount', 'bash', '-ec', NSPAWN, 'nspawn', root, name],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  let said = ''
  nspawn.stderr.on('data', chunk => {
    said += chunk
  })
  const ended = once(nspawn, 'exit')
  /** The container's systemd, as this machine numbers it. */
  let leader

  /** A program there, with this machine's environment. */
  const within = args => run('nsenter', ['--target', leader, '--all', ...args])
  /** A line of shell, as the container's root. */
  const sh = line =>
    within([
      'env',
      '-i',
      'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
      'HOME=/root',
      'LC_ALL=C.UTF-8',
      'DEBIAN_FRONTEND=noninteractive',
      'sh',
      '-c',
      line,
    ])
  /** This machine's curl in the container's network. */
  const curl = (...args) =>
    run('nsenter', ['--target', leader, '--net', 'curl', '--silent', '--max-time', '30', ...args])

  async function stop() {
    if (nspawn.exitCode === null) {
      nspawn.kill('SIGTERM')
      const timer = setTimeout(() => {
        nspawn.kill('SIGKILL')
        // with it goes every process of the container
        if (leader) process.kill(Number(leader), 'SIGKILL')
      }, STOP_MS)
      await ended
      clearTimeout(timer)
    }
    rmSync(`/run/systemd/nspawn/propagate/${name}`, { recursive: true, force: true })
  }

  const up = await eventually(async () => {
    if (nspawn.exitCode !== null)
      throw new Error(`systemd-nspawn ended with ${nspawn.exitCode}: ${said}`)
    leader = (await run('pgrep', ['--parent', `${nspawn.pid}`, '--exact', 'systemd'])).stdout.trim()
    if (leader === '') return undefined
    const { stdout } = await sh('systemctl is-system-running')
    return /^(running|degraded)$/m.test(stdout) ? true : undefined
  }, BOOT_MS)
  if (up === undefined) {
    await stop()
    throw new Error(`expected a booted Debian after ${BOOT_MS / 1000} s, found none: ${said}`)
  }
  return { root, sh, exec: within, curl, stop }
}
