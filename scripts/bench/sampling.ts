/**
 * Share of a core that reading a meter and the board's state takes at the default rate, the helper process and its children
 * included: on fixture boards, so without the time that real buses and firmware take.
 *
 *     npx tsx scripts/bench/sampling.ts [SECONDS [BOARD...]]
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cpuMs } from '../../src/lib/clock.js'
import { powerSchema } from '../../src/power/config.js'
import { openPower } from '../../src/power/power.js'
import { plantTree } from '../../test/fixtures/board.js'

const WARM_UP_SECONDS = 10
const BOARDS = [
  'pi4',
  'ina-on-a-pi',
  'pi5-load',
  'jetson-nano-jp4',
  'jetson-orin-nano-jp6',
  'x86-rapl',
]

const [seconds = '60', ...named] = process.argv.slice(2)
const wait = (s: number) => new Promise(resolve => setTimeout(resolve, s * 1000))

/** Milliseconds of processor time of our helper, the only shell (tsx has children of its own), and of its children that have ended. */
function childrenMs(): number {
  let ticks = 0
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      const [, rest = ''] =
        /^\d+ \(sh\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
      const fields = rest.split(' ')
      if (Number(fields[1]) !== process.pid) continue
      for (const field of [11, 12, 13, 14]) ticks += Number(fields[field])
    } catch {
      // it has ended meanwhile
    }
  }
  return ticks * 10
}

for (const board of named.length > 0 ? named : BOARDS) {
  const folder = mkdtempSync(join(tmpdir(), 'squint-sampling-'))
  const { root, path } = await plantTree(folder, board, { 'bin/vcgencmd': undefined })
  if (readdirSync(root).includes('firmware')) {
    // the fake of the tests is a script, which costs more than a program: cat, in the folder of the answers, is one
    await plantTree(folder, 'vcgencmd-is-cat')
    process.chdir(join(root, 'firmware'))
  }
  const power = await openPower({
    config: powerSchema.parse({ calibration: join(root, 'none.json') }),
    networks: { scout: { name: 'scout' }, expert: { name: 'expert' } },
    threads: 1,
    root,
    path,
    log: { info() {}, warn() {} },
  })
  let readings = 0
  power.start({ onReading: () => readings++, aboveIdle: () => 0 })
  await wait(WARM_UP_SECONDS)
  const before = { own: cpuMs(), children: childrenMs(), readings }
  await wait(Number(seconds))
  const own = (cpuMs() - before.own) / Number(seconds) / 10
  const children = (childrenMs() - before.children) / Number(seconds) / 10
  const count = readings - before.readings
  const sum = (own + children).toFixed(2)
  process.stdout.write(
    `${board.padEnd(22)} ${sum} % of a core (${own.toFixed(2)} here, ${children.toFixed(2)} in children), ${count} readings\n`,
  )
  await power.close()
  process.chdir(tmpdir())
  rmSync(folder, { recursive: true })
}
