import { lookup as resolve } from 'node:dns'
import { type ClientRequest, request as httpRequest, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { SquintError } from './errors.js'

/**
 * Where nothing of a home or shop answers, but a cloud's or a neighbour's secrets might: link-local addresses and what stands for them
 * elsewhere, multicast, and addresses that are none. Private addresses and this machine are what such a service is for.
 */
function createForbidden(): BlockList {
  const list = new BlockList()
  list.addSubnet('0.0.0.0', 8)
  // link-local; 169.254.169.254 tells a virtual machine its passwords
  list.addSubnet('169.254.0.0', 16)
  list.addAddress('100.100.100.200')
  list.addSubnet('224.0.0.0', 3)
  list.addAddress('::', 'ipv6')
  list.addSubnet('fe80::', 10, 'ipv6')
  list.addAddress('fd00:ec2::254', 'ipv6')
  // IPv4 link-local behind a translator (RFC 6052)
  list.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6')
  list.addSubnet('ff00::', 8, 'ipv6')
  return list
}

const FORBIDDEN = createForbidden()

/** Whether requests may go to an IP address; a name has to be looked up first and passes here. */
export function mayBeReached(address: string): boolean {
  const version = isIP(address)
  return version === 0 || !FORBIDDEN.check(address, version === 6 ? 'ipv6' : 'ipv4')
}

/** The same of a URL, in which the address may be written in many ways; what is no URL passes. */
export function isReachableUrl(text: string): boolean {
  return !URL.canParse(text) || mayBeReached(hostOf(new URL(text)))
}

/** Without the brackets of IPv6. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1')
}

/** `dns.lookup` without forbidden addresses; names in `.local` often have a link-local one beside another. */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, found) => {
    if (error) {
      callback(error, [])
      return
    }
    const allowed = found.filter(({ address }) => mayBeReached(address))
    const [first] = allowed
    if (first === undefined) callback(refusal(hostname), [])
    else if (options.all) callback(null, allowed)
    else callback(null, first.address, first.family)
  })
}

/**
 * A request to an address of the configuration: over http or https, to nobody forbidden, whatever its name resolves to at that moment.
 * Redirects are answers like any other. Throws FORBIDDEN.
 */
export function guardedRequest(url: URL, options: RequestOptions): ClientRequest {
  const host = hostOf(url)
  if (!mayBeReached(host)) throw refusal(host)
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  return send(url, { ...options, lookup: guardedLookup })
}

function refusal(host: string): SquintError {
  return new SquintError(
    'FORBIDDEN',
    `address: expected neither link-local nor multicast, found ${host}`,
  )
}
