import { type Log, warn } from '../lib/log.js'
import type { ServerConfig } from '../outputs/config.js'
import { type HttpServer, listen, type ServerOptions } from '../outputs/http/server.js'
import { readCertificate } from './certificate.js'
import { type WatchOptions, watchFile } from './watch-file.js'

export interface ServeOptions extends Pick<ServerOptions, 'fetch'> {
  readonly server: Pick<ServerConfig, 'host' | 'port' | 'tls'>
  /** Ends the watch over the certificate. */
  readonly signal: AbortSignal
  readonly log: Pick<Log, 'info' | 'warn'>
  readonly watch?: WatchOptions
}

/**
 * Serves the application where the configuration says, with TLS if it names a certificate. A renewed one is taken without a restart;
 * one that cannot be used is told, and the former stays. Rejects with PORT_BUSY or CONFIG_INVALID.
 */
export async function serveHttp(options: ServeOptions): Promise<HttpServer> {
  const { server, fetch, signal, log, watch } = options
  const { host, port, tls } = server
  if (tls === undefined) return listen({ host, port, fetch })
  const http = await listen({ host, port, fetch, certificate: await readCertificate(tls) })
  let renewing = Promise.resolve()

  // key and certificate are seldom written in the same moment: the pair is taken when it is one
  const renew = (): void => {
    renewing = renewing
      .then(() => readCertificate(tls))
      .then(certificate => {
        http.renew(certificate)
        log.info({ certificate: tls.certificate }, 'the certificate was renewed')
      })
      .catch(warn(log, 'the certificate stays as it was'))
  }

  for (const file of [tls.certificate, tls.key]) watchFile(file, renew, signal, watch)
  return http
}
