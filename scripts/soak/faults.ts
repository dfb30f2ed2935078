import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { until } from '../../test/fixtures/camera.js'
import { BEHAVIOURS, type Behaviour, MEANING } from '../../test/fixtures/fake-tools.js'
import type { Audience } from './audience.js'
import type { NetMode, Plant } from './plant.js'

/** Something that goes wrong for a while. */
export interface Fault {
  readonly name: string
  /** @returns what makes it well again */
  begin(): Promise<() => Promise<void> | void>
}

const HOUR = 3_600_000
const YEAR = 365.25 * 24 * HOUR
/** Above the longest wait between two starts, with what chance adds to it. */
const PATIENCE_SECONDS = 40

export function faultsOf(plant: Plant, audience: Audience): readonly Fault[] {
  const { tool, form, broker, disk, url } = plant
  const newest = () => tool.started().at(-1)!

  const behaves = (behaviour: Behaviour): Fault => ({
    name: `camera: ${MEANING[behaviour]}`,
    async begin() {
      const starts = tool.started().length
      tool.behave(behaviour)
      signal(newest(), 'SIGKILL')
      // the wait before the next start may be as long as what is to be suffered
      await until(
        () => tool.started().length > starts,
        `a start of what ${MEANING[behaviour]}`,
        PATIENCE_SECONDS,
      )
      return () => tool.behave('well')
    },
  })

  const net = (mode: NetMode, name: string): Fault => ({
    name: `network camera: ${name}`,
    async begin() {
      plant.net(mode)
      return () => plant.net('well')
    },
  })

  const clock = (aheadMs: number, name: string): Fault => ({
    name: `clock: ${name}`,
    async begin() {
      plant.clock(aheadMs)
      return () => plant.clock(0)
    },
  })

  const onDisk = (name: string, spoil: (disk: string) => () => void): Fault[] =>
    disk === undefined ? [] : [{ name: `disk: ${name}`, begin: async () => spoil(disk) }]

  return [
    // only H.264 carries times
    ...BEHAVIOURS.filter(behaviour => (behaviour === 'jumps') === (form === 'h264')).map(behaves),
    {
      name: 'camera: tool killed',
      async begin() {
        signal(newest(), 'SIGKILL')
        return () => undefined
      },
    },
    {
      name: 'camera: tool frozen',
      async begin() {
        const pid = newest()
        signal(pid, 'SIGSTOP')
        return () => signal(pid, 'SIGCONT')
      },
    },
    net('silent', 'silent'),
    net('gone', 'cuts the line'),
    net('garbage', 'gives noise'),
    net('refuses', 'refuses'),
    clock(-50 * YEAR, '50 years back'),
    clock(HOUR, 'an hour ahead'),
    clock(-HOUR, 'an hour back'),
    {
      name: 'broker: stopped',
      async begin() {
        await broker.stop('SIGKILL')
        return broker.start
      },
    },
    {
      name: 'webhook: 500',
      async begin() {
        plant.hooks('fails')
        return () => plant.hooks('takes')
      },
    },
    {
      name: 'webhook: no answer',
      async begin() {
        plant.hooks('hangs')
        return () => plant.hooks('takes')
      },
    },
    ...onDisk('full', folder => {
      const filler = join(folder, 'filler')
      try {
        writeFileSync(filler, Buffer.alloc(64e6))
      } catch {
        // it is full now
      }
      return () => rmSync(filler)
    }),
    ...onDisk('read-only', folder => {
      const state = join(folder, 'state')
      execFileSync('mount', ['-t', 'tmpfs', 'none', state])
      mkdirSync(join(state, 'events/snapshots'), { recursive: true })
      execFileSync('mount', ['-o', 'remount,ro', state])
      return () => void execFileSync('umount', ['-l', state])
    }),
    {
      name: 'clients: 12 that never read',
      async begin() {
        return audience.deaf(6, 'street')
      },
    },
    {
      name: 'clients: 200 half-open lines',
      async begin() {
        const { hostname, port } = new URL(url)
        const lines: Socket[] = []
        for (let line = 0; line < 200; line++) {
          const socket = connect(Number(port), hostname)
          socket.on('error', () => undefined)
          socket.write('GET /api/stats HTTP/1.1\r\nHost: ')
          lines.push(socket)
        }
        return () => {
          for (const line of lines) line.destroy()
        }
      },
    },
    {
      name: 'clients: 40 uploads of noise',
      async begin() {
        const upload = () =>
          fetch(`${url}/api/detect`, { method: 'POST', body: randomBytes(200_000) }).then(answer =>
            answer.arrayBuffer(),
          )
        await Promise.allSettled(Array.from({ length: 40 }, upload))
        return () => undefined
      },
    },
  ]
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // it has ended by itself
  }
}
