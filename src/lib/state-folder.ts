import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where the service keeps what it has learnt: systemd's StateDirectory, else that of the user (XDG Base Directory Specification). */
export function stateFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { STATE_DIRECTORY, XDG_STATE_HOME } = environment
  // systemd separates several by colons
  const [given] = STATE_DIRECTORY?.split(':') ?? []
  return given || join(XDG_STATE_HOME || join(homedir(), '.local/state'), 'squint')
}
