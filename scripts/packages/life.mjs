// One way to install squint, from the first time to the last: what starts, what is kept, what goes.

import { service } from './answers.mjs'
import { eventually } from './machine.mjs'
import { NEWER } from './newer.mjs'

const SETTINGS = '/etc/squint/squint.yaml'
const PORT = 8080
const OWNERS_PORT = 8090
const BROKER_PORT = 1884
const GIVES_FRAMES = '1 of 1 cameras give frames'
const STATUS_MS = 15_000
/** The watchdog waits for 15 s, and squint starts within some. */
const WATCHDOG_MS = 40_000
const OWNERS = `# of the owner
server: {host: 127.0.0.1, port: ${OWNERS_PORT}}
mqtt: {url: "mqtt://127.0.0.1:${BROKER_PORT}"}`
/** Says which packet the first client of a broker sends: 16 is MQTT's CONNECT. */
const BROKER = `require("net").createServer(s => s.once("data", d => { console.log(d[0]); process.exit() })).listen(${BROKER_PORT})`
const LEFT =
  'find / -xdev -name "*squint*" ! -path "/proc/*" ! -path "/sys/*" ! -path "/packages*" ! -path "/var/log/*" ! -path "/tmp/*" | sort | tr "\\n" " "'

/**
 * How it is installed: commands of shell for the `machine`, the name `beside` that the new configuration gets where the old was
 * edited, and what a container asks. Tells rows as `add` takes them.
 */
export async function life(machine, way, add) {
  const { name, install, upgrade, remove, purge, beside, version, healthCheck } = way
  const { sh } = machine
  const row = (check, ...rest) => add([`${name}: ${check}`, ...rest])
  const told = async line => (await sh(line)).stdout.trim()
  const unit = property => told(`systemctl show squint --value --property ${property}`)
  const state = () =>
    told('systemctl is-active squint; systemctl is-enabled squint').then(text =>
      text.replace('\n', ' '),
    )
  const health = () => machine.exec(healthCheck)
  /** A command that has to work: what follows would mean nothing. */
  async function must(line) {
    const { code, stdout, stderr } = await sh(line)
    if (code !== 0) throw new Error(`${name}: ${line}: exit code ${code}\n${stdout}${stderr}`)
  }
  /** Does something to the service; is another process of it there within the time? */
  async function comesBack(deed) {
    const before = await unit('MainPID')
    await must(deed)
    const back = await eventually(async () => {
      const now = await unit('MainPID')
      return now !== before && now !== '0' && (await state()).startsWith('active')
        ? true
        : undefined
    }, WATCHDOG_MS)
    return back === true ? 'started anew' : 'gone'
  }

  /** It is told anew every 5 s. */
  const statusText = () =>
    eventually(async () => {
      const text = await unit('StatusText')
      return text === GIVES_FRAMES ? text : undefined
    }, STATUS_MS)

  const clean = await told(LEFT)
  await must(install)
  const first = service(machine, PORT)
  const objects = await first.detections()
  row('installed', 'active enabled', await state())
  row('the demo shows objects', '> 0', objects ?? 0, objects > 0)
  row('it tells systemd', GIVES_FRAMES, (await statusText()) ?? (await unit('StatusText')))
  row('runs as', 'squint', await told(`stat -c %U /proc/${await unit('MainPID')}`))
  row(
    'who may read the configuration',
    'root squint 640',
    await told(`stat -c "%U %G %a" ${SETTINGS}`),
  )
  add(...(await first.rows(name)))
  row("Dockerfile's health check", 0, (await health()).code)
  row('killed', 'started anew', await comesBack('systemctl kill --signal=KILL squint'))
  row(
    'hangs',
    'started anew',
    await comesBack('systemctl kill --signal=STOP --kill-whom=main squint'),
  )

  await must(`echo '${OWNERS}' >>${SETTINGS} && echo kept >/var/lib/squint/events/owners`)
  const ids = (await first.firstEvents()) ?? []
  row('events in its journal', '> 0', ids.length, ids.length > 0)
  const edited = await told(`sha256sum ${SETTINGS}`)
  const kept = async () =>
    [await told(`sha256sum ${SETTINGS}`), await told('cat /var/lib/squint/events/owners')].join()
  const broker = told(`timeout 60 node -e '${BROKER}'`)

  row('upgraded', 'started anew', await comesBack(upgrade))
  const second = service(machine, OWNERS_PORT)
  row('the new version runs', NEWER, await told('squint --version'))
  row('and is watched', 'active enabled', await state())
  row('configuration and journal after the upgrade', `${edited},kept`, await kept())
  row(
    'the new configuration is beside it',
    'what a later version says',
    await told(`sed -n 's/^# \\(what a later.*\\)/\\1/p' ${beside}`),
  )
  const again = await second.detections()
  row('it does what the configuration says', '> 0', again ?? 0, again > 0)
  row('and speaks MQTT: CONNECT', '16', await broker)
  const still = new Set(await second.events())
  row('events that it still knows', ids.length, ids.filter(id => still.has(id)).length)
  row('units that failed', '', await told('systemctl --failed --plain --no-legend'))

  await must(remove)
  row("Dockerfile's health check then", 1, (await health()).code)
  row('removed', 'inactive', (await state()).split(' ')[0])
  row(
    'program after removing',
    'gone',
    await told('[ -e /usr/lib/squint ] || [ -e /usr/bin/squint ] || echo gone'),
  )
  row('configuration and journal after removing', `${edited},kept`, await kept())
  await must(install)
  row('installed again', 'active enabled', await state())
  row('configuration and journal are those', `${edited},kept`, await kept())
  row('version', version, await told('squint --version'))
  await must(purge)
  row('purged', 'inactive', (await state()).split(' ')[0])
  row('what is left', clean, await told(LEFT))
}
