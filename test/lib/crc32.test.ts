import { gzipSync } from 'node:zlib'
import t from 'tap'
import { crc32 } from '../../src/lib/crc32.js'

t.test('it is the checksum that gzip writes', async t => {
  for (const text of ['', 'a', '123456789', 'Tür 1\n'.repeat(500)]) {
    const bytes = Buffer.from(text)
    // the last eight bytes of a gzip file: checksum and length
    t.equal(crc32(bytes), gzipSync(bytes).readUInt32LE(gzipSync(bytes).length - 8))
  }
  t.equal(crc32(Buffer.from('123456789')), 0xcbf43926, 'the check value of the standard')
})
