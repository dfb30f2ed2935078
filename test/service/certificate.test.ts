import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readCertificate } from '../../src/service/certificate.js'
import { writeCertificate } from '../fixtures/certificate.js'

t.test('a certificate and its key are read', async t => {
  const files = writeCertificate(t.testdir())
  const { cert, key } = await readCertificate(files)
  t.equal(String(cert), files.pem)
  t.match(String(key), 'PRIVATE KEY')
})

t.test('what cannot be used is refused by the name of its field', async t => {
  const folder = t.testdir({ 'torn.pem': '-----BEGIN CERTIFICATE-----\nMII' })
  const good = writeCertificate(folder)
  const other = writeCertificate(folder, 'other')
  const weak = writeCertificate(folder, 'weak', ['rsa', 'rsa_keygen_bits:512'])
  const torn = join(folder, 'torn.pem')
  writeFileSync(join(folder, 'empty.pem'), '')
  for (const [files, message] of [
    [
      { ...good, certificate: join(folder, 'none.pem') },
      /^server\.tls\.certificate: expected a readable file, found ENOENT/,
    ],
    [{ ...good, key: folder }, /^server\.tls\.key: expected a readable file, found EISDIR/],
    [
      { ...good, certificate: torn },
      /^server\.tls\.certificate: expected a PEM certificate, found /,
    ],
    [
      { ...good, key: join(folder, 'empty.pem') },
      /^server\.tls\.key: expected a PEM key without a passphrase, found /,
    ],
    [
      { ...good, key: other.key },
      'server.tls.key: expected the key of server.tls.certificate, found that of another',
    ],
    [weak, /^server\.tls\.certificate: expected one that can be served, found .*key too small/],
  ] as const) {
    await t.rejects(readCertificate(files), { code: 'CONFIG_INVALID', message })
  }
})
