import { once } from 'node:events'
import { loadConfig } from '../config/load.js'
import { messageOf } from '../lib/errors.js'
import { createLog } from '../lib/log.js'
import { startService } from '../main.js'
import { numberFlag, parseFlags } from './flags.js'
import type { Terminal } from './terminal.js'

const HELP = `usage: squint serve [flags]

  --config FILE   YAML (docs/configuration.md), read again when it changes or on SIGHUP; without it: the cameras that are
                  found, else the demo
  --port N        default 8080; 0 lets the system choose
  --host H        default 127.0.0.1; anything else needs server.token in the configuration (squint token makes one)
`

const ALONE = 'only this machine can reach it; "squint token" prints what lets others in\n'

/** Longest that stopping may take before the process ends itself. */
const STOP_MS = 8000

/** Serves until SIGINT or SIGTERM; SIGHUP reads the configuration again. */
export async function serveCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = parseFlags(
    args,
    { config: { type: 'string' }, port: { type: 'string' }, host: { type: 'string' } },
    false,
  )
  if (values.help) {
    terminal.out(HELP)
    return 0
  }
  const file = values.config
  const overrides = {
    ...(values.host !== undefined && { host: values.host }),
    ...(values.port !== undefined && { port: numberFlag('port', values.port, 0, 65535) }),
  }
  const load = () => loadConfig(file, overrides)
  const config = await load()
  const log = createLog(config.log.level)
  const service = await startService(config, log, file === undefined ? undefined : { file, load })
  const reload = () => void service.reload()
  process.on('SIGHUP', reload)
  // in one piece: who waits for the first line may not be there for a second
  const hint = config.server.token === undefined ? ALONE : ''
  terminal.out(`squint serves ${service.url}\n${hint}`)

  const asked = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]).then(() => 0)
  const code = await Promise.race([asked, service.failed]).catch(error => {
    log.fatal({ error: messageOf(error) }, 'squint cannot go on')
    return 1
  })
  log.info('squint stops')
  process.off('SIGHUP', reload)
  // a part that hangs must not keep a supervisor from starting the service again
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), STOP_MS).unref()
  await service.close()
  return code
}
