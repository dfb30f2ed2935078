import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { messageOf, SquintError } from '../lib/errors.js'
import type { ServerConfig } from '../outputs/config.js'
import type { Certificate } from '../outputs/http/server.js'

export type CertificateFiles = NonNullable<ServerConfig['tls']>

/** Reads both files. Rejects with CONFIG_INVALID, naming the field, if they cannot be used, or not together. */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
  const cert = await readFile(files.certificate).catch(refuse('certificate', 'a readable file'))
  const key = await readFile(files.key).catch(refuse('key', 'a readable file'))
  const certificate = attempt(() => new X509Certificate(cert), 'certificate', 'a PEM certificate')
  const privateKey = attempt(() => createPrivateKey(key), 'key', 'a PEM key without a passphrase')
  if (!certificate.checkPrivateKey(privateKey)) {
    throw wrong('key', 'the key of server.tls.certificate', 'that of another')
  }
  // what OpenSSL will not serve (a key too short) is told now, not to the first client
  attempt(() => createSecureContext({ cert, key }), 'certificate', 'one that can be served')
  return { cert, key }
}

function attempt<T>(work: () => T, field: keyof CertificateFiles, expected: string): T {
  try {
    return work()
  } catch (error) {
    return refuse(field, expected)(error)
  }
}

function refuse(field: keyof CertificateFiles, expected: string) {
  return (error: unknown): never => {
    throw wrong(field, expected, messageOf(error))
  }
}

function wrong(field: keyof CertificateFiles, expected: string, found: string): SquintError {
  return new SquintError(
    'CONFIG_INVALID',
    `server.tls.${field}: expected ${expected}, found ${found}`,
  )
}
