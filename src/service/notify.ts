import { runChild } from '../lib/child.js'
import { SquintError } from '../lib/errors.js'

/**
 * Tells systemd something by its own tool, as Node has no datagram sockets in the file system. Resolves once systemd has taken it.
 * Rejects with TOOL_MISSING, with INTERNAL if nobody listens, and with the signal's reason.
 * @param message assignments as in sd_notify(3), e.g. `READY=1`
 */
export async function notify(message: readonly string[], signal: AbortSignal): Promise<void> {
  const { code, stderr } = await runChild({
    tool: 'systemd-notify',
    debian: 'systemd',
    args: message,
    signal,
  })
  if (code === 0) return
  throw new SquintError('INTERNAL', `systemd-notify ended with ${code}: ${stderr.join(' ')}`)
}
