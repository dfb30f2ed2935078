import t from 'tap'
import { encodeLine, type Line, readLines } from '../../../src/events/journal/line.js'
import { crc32 } from '../../../src/lib/crc32.js'
import { numbered } from '../../fixtures/journal.js'

const lines: readonly Line[] = [
  { n: 1, picture: 0, event: numbered(1, { label: 'Tür' }) },
  { n: 2, picture: 5000, event: numbered(2) },
  { gone: ['event-000001'] },
  { n: 3, picture: 0, event: numbered(3) },
]
const written = lines.map(encodeLine)
const all = Buffer.concat(written)

function read(bytes: Uint8Array) {
  const found = [...readLines(bytes)]
  const intact = found.flatMap(piece => piece?.line ?? [])
  return { intact, damaged: found.length - intact.length }
}

t.test('what is written is read again', async t => {
  t.same(read(all), { intact: lines, damaged: 0 })
  t.same(read(Buffer.of()), { intact: [], damaged: 0 })
  t.same(
    [...readLines(all)].map(piece => piece?.bytes),
    written.map(({ length }) => length),
  )
  t.match(String(written[2]), /^[0-9a-f]{8} 000019 \{"gone":\["event-000001"\]\}\n$/)
})

t.test('cut at any byte, the last line is dropped and no other', async t => {
  const before = all.length - written[3]!.length
  for (let end = before; end < all.length - 1; end++) {
    const { intact, damaged } = read(all.subarray(0, end))
    if (intact.length !== 3 || damaged !== Number(end > before)) t.fail(`at byte ${end}`)
  }
  t.same(read(all.subarray(0, -1)), { intact: lines, damaged: 0 }, 'only the break is missing')
})

t.test('whichever bit flips, at most its line is lost', async t => {
  const start = written[0]!.length
  let lost = 0
  for (let bit = start * 8; bit < (start + written[1]!.length) * 8; bit++) {
    const bytes = Buffer.from(all)
    bytes[bit >> 3]! ^= 1 << (bit & 7)
    const { intact, damaged } = read(bytes)
    const others = intact.filter(line => !('n' in line && line.n === 2))
    if (others.length !== 3) t.fail(`bit ${bit} takes others along`)
    if (intact.length === 3 && damaged === 0) t.fail(`bit ${bit} is not noticed`)
    lost += Number(intact.length === 3)
  }
  t.ok(lost > written[1]!.length * 7, `${lost} flips were noticed`)
})

t.test('noise is no line, nor is one that names a file elsewhere', async t => {
  t.same(read(Buffer.from('noise\n\n\nmore')), { intact: [], damaged: 4 })
  const bad = { ...lines[1], event: numbered(2, { id: '../../etc/passwd' }) }
  for (const text of [JSON.stringify(bad), 'no JSON', '{}', 'null']) {
    const head = `${crc32(Buffer.from(text)).toString(16).padStart(8, '0')} ${text.length.toString(16).padStart(6, '0')} `
    t.same(read(Buffer.from(`${head}${text}\n`)), { intact: [], damaged: 1 }, text)
  }
})
