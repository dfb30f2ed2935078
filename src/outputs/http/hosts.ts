import { isIP } from 'node:net'
import { hostname } from 'node:os'
import type { HttpBindings } from '@hono/node-server'
import type { Context, MiddlewareHandler } from 'hono'
import { SquintError } from '../../lib/errors.js'

/** Longest name that is shown of those that were not expected; DNS has none longer. */
const SHOWN = 253

export interface HostOptions {
  /** Where the service listens: an address or a name. */
  readonly host?: string
  /** Other names that lead here. */
  readonly hosts?: readonly string[]
}

/** Names by which this machine is known without any configuration, in lower case. @param machine what it calls itself */
export function namesOf({ host = '', hosts = [] }: HostOptions, machine = hostname()) {
  const [label] = machine.split('.')
  const names = ['localhost', machine, `${label}`, `${label}.local`, host, ...hosts]
  return new Set(names.map(name => name.toLowerCase()))
}

/**
 * Refuses with HOST_UNKNOWN whoever calls the service by a name that is not its own. A page of another site can make its own name lead
 * here (DNS rebinding), and then for the browser it is the page of this service; an address cannot be bent like that.
 */
export function knownHostsOnly(options: HostOptions): MiddlewareHandler {
  const names = namesOf(options)
  return async function checkHost(context, next) {
    const [host, ...more] = hostsOf(context)
    if (more.length > 0) {
      throw new SquintError('REQUEST_INVALID', 'Host: expected one header, found more')
    }
    // browsers always say whom they call
    if (host === undefined || isOwn(host, names)) return next()
    throw new SquintError(
      'HOST_UNKNOWN',
      `Host: expected an address, localhost, this machine's name or one of server.hosts, found ${host.slice(0, SHOWN)}; if it is a name of this service, add it to server.hosts in the configuration`,
    )
  }
}

/** All of them: libraries take the first, or put them together. */
function hostsOf({ env, req }: Context): readonly (string | undefined)[] {
  const { incoming }: Partial<HttpBindings> = env ?? {}
  return incoming?.headersDistinct.host ?? [req.header('host')]
}

function isOwn(host: string, names: ReadonlySet<string>): boolean {
  const [, inBrackets] = /^\[([^\]]*)\](?::\d*)?$/.exec(host) ?? []
  if (inBrackets !== undefined) return isIP(inBrackets) === 6
  const name = host.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase()
  return isIP(name) === 4 || names.has(name)
}
