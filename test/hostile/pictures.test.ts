/**
 * Pictures that are spoilt or made to cost much, through the whole inference thread. `scripts/pictures` tries ten thousand and writes
 * docs/trust/pictures.json.
 */
import sharp from 'sharp'
import t from 'tap'
import { startCascade } from '../../src/cascade/cascade.js'
import { cascadeSchema } from '../../src/cascade/config.js'
import { FULL_EFFORT } from '../../src/cascade/effort.js'
import { jpegSize } from '../../src/frame/jpeg-header.js'
import { codeOf } from '../../src/lib/errors.js'
import { createRandom } from '../../src/lib/random.js'
import { manyScans, packedChunks, png, webpHeader } from '../fixtures/hostile/bombs.js'
import { keepRows } from '../fixtures/hostile/rows.js'
import { photo } from '../fixtures/photos.js'

const COUNT = Number(process.env.SQUINT_PICTURES ?? 200)
/** Of one picture, on a machine that does much else. */
const MAX_MS = 8000
const MAX_GROWTH = 400e6

const cascade = await startCascade(cascadeSchema.parse({}))
t.teardown(cascade.close)

/** How a picture fared: the code of its error, or `seen`. */
async function look(data: Uint8Array, show: (data: Uint8Array) => Promise<unknown> = upload) {
  const start = performance.now()
  const code = await show(data).then(() => 'seen', codeOf)
  return { code, ms: performance.now() - start }
}

const upload = (data: Uint8Array) => cascade.detect(data, { depth: 'scout' })

let frames = 0
/** As a frame of a camera, which compiled code unpacks; what states no size is none. */
async function film(data: Uint8Array): Promise<unknown> {
  const size = jpegSize(data)
  if (size === undefined) return upload(data)
  const picture = { format: 'jpeg', ...size, data } as const
  // so late after the one before that it gets a full look
  const at = ++frames * 60_000
  const frame = { camera: 'porch', id: frames, capturedAt: at, capturedWallMs: at, picture }
  return cascade.watch(frame, FULL_EFFORT)
}

const small = sharp(photo(2)).resize(480)
const jpeg = await small.clone().jpeg().toBuffer()
const ORIGINALS = {
  JPEG: jpeg,
  'JPEG of a camera': jpeg,
  'progressive JPEG': await small.clone().jpeg({ progressive: true }).toBuffer(),
  PNG: await small.clone().resize(160).png().toBuffer(),
  WebP: await small.clone().webp().toBuffer(),
}

const showing = (kind: string) => (kind === 'JPEG of a camera' ? film : upload)

const random = createRandom(11)
const below = (end: number): number => Math.floor(random() * end)

const WAYS: Readonly<Record<string, (data: Buffer) => Buffer>> = {
  'one bit': data => flipped(data, below(data.length)),
  'one bit of the header': data => flipped(data, below(700)),
  'ten bits': data =>
    Array.from({ length: 10 }).reduce<Buffer>(some => flipped(some, below(some.length)), data),
  'cut off': data => data.subarray(0, below(data.length)),
  'a piece is gone': data => {
    const at = below(data.length)
    return Buffer.concat([data.subarray(0, at), data.subarray(at + 1 + below(500))])
  },
}

function flipped(data: Buffer, at: number): Buffer {
  const copy = Buffer.from(data)
  copy[at] = copy[at]! ^ (1 << below(8))
  return copy
}

t.test(
  `${COUNT} spoilt pictures get a look or a code each, and the thread goes on`,
  { timeout: 120_000 + COUNT * 100 },
  async t => {
    const kinds = Object.entries(ORIGINALS).flatMap(([kind, data]) =>
      Object.entries(WAYS).map(([way, spoil]) => ({ kind, way, data, spoil })),
    )
    const rows = kinds.map(({ kind, way }) => ({ kind, way, tried: 0, longestMs: 0, codes: {} }))
    const before = process.memoryUsage.rss()
    for (let i = 0; i < COUNT; i++) {
      const at = i % kinds.length
      const { data, spoil } = kinds[at]!
      const row = rows[at]!
      const { code, ms } = await look(spoil(data), showing(row.kind))
      row.tried++
      row.longestMs = Math.max(row.longestMs, Math.round(ms))
      row.codes = { ...row.codes, [code]: (Object(row.codes)[code] ?? 0) + 1 }
    }
    const codes = new Set(rows.flatMap(row => Object.keys(row.codes)))
    t.ok(codes.has('seen') && codes.has('PICTURE_BROKEN'))
    for (const code of codes) t.match(code, /^(seen|PICTURE_(BROKEN|UNSUPPORTED|TOO_LARGE))$/)
    t.ok(Math.max(...rows.map(({ longestMs }) => longestMs)) < MAX_MS)
    t.ok(process.memoryUsage.rss() - before < MAX_GROWTH)
    for (const [kind, data] of Object.entries(ORIGINALS))
      t.match(
        await look(data, showing(kind)),
        { code: 'seen' },
        `a sound ${kind} is looked at as before`,
      )
    if (process.env.SQUINT_PICTURES !== undefined && t.passing()) {
      keepRows('pictures', `scripts/pictures ${COUNT}`, rows)
    }
  },
)

const MOST = { width: 6000, height: 4160 }
const HUGE = { width: 100_000, height: 100_000 }

const BOMBS: Readonly<Record<string, readonly [Buffer, RegExp]>> = {
  'PNG of ten gigapixels by its header': [png({ ...HUGE, bytes: 1000 }), /TOO_LARGE/],
  'PNG of 25 megapixels in 24 kB': [png(MOST), /seen/],
  'PNG with more pixels than it says': [png({ width: 90, height: 90, bytes: 2e8 }), /./],
  'PNG with 200 MB of packed text and profile': [
    png({ width: 90, height: 90, extra: packedChunks(1e8) }),
    /./,
  ],
  'WebP of 268 gigapixels by its header': [
    webpHeader({ width: 1 << 24, height: 1 << 14 }),
    /UNSUPPORTED|TOO_LARGE/,
  ],
  'JPEG of 4 gigapixels by its header': [
    manyScans({ width: 65_500, height: 65_500 }, 1).subarray(0, 5000),
    /TOO_LARGE/,
  ],
  'JPEG of 883 scans': [manyScans(MOST, 883), /TOO_LARGE/],
  'JPEG of as many scans as may be': [manyScans(MOST, 32), /seen/],
  'SVG that opens files': [
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/passwd"/></svg>'),
    /UNSUPPORTED/,
  ],
  GIF: [Buffer.from('GIF89a\u0001\0\u0001\0\0\0\0;', 'latin1'), /UNSUPPORTED/],
}

t.test('pictures that are made to cost much cost little', { timeout: 120_000 }, async t => {
  for (const [name, [data, expected]] of Object.entries(BOMBS)) {
    const before = process.memoryUsage.rss()
    const { code, ms } = await look(data)
    if (name.startsWith('JPEG')) t.match((await look(data, film)).code, /^(seen|PICTURE_)/, name)
    const grown = process.memoryUsage.rss() - before
    t.match(code, expected, name)
    t.match(code, /^(seen|PICTURE_(BROKEN|UNSUPPORTED|TOO_LARGE))$/, name)
    t.ok(ms < MAX_MS, `${name}: ${Math.round(ms)} ms`)
    t.ok(grown < MAX_GROWTH, `${name}: ${Math.round(grown / 1e6)} MB`)
  }
})
