import t from 'tap'
import { z } from 'zod'
import { explain } from '../../src/lib/explain.js'

const schema = z.strictObject({
  size: z.int().min(2).max(8).multipleOf(2),
  name: z
    .string()
    .min(3)
    .regex(/^[a-z]+$/, 'expected a-z')
    .optional(),
  shape: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('round'), radius: z.number() }),
      z.strictObject({ kind: z.literal('square'), side: z.number() }),
    ])
    .optional(),
  either: z.union([z.string().min(2), z.strictObject({ at: z.int() })]).optional(),
  own: z.custom(value => value !== 'no', { error: 'expected anything else' }).optional(),
})

function lineFor(input: unknown): string {
  const { error } = schema.safeParse(input)
  return explain(error!.issues[0]!, schema, input)
}

t.test('an error is one line of field, expectation and what was found', async t => {
  for (const [input, line] of [
    [[], 'the file: expected object, found []'],
    [[1], 'the file: expected object, found […]'],
    [{}, 'size: expected number, found nothing'],
    [{ size: 1 }, 'size: expected at least 2, found 1'],
    [{ size: 9 }, 'size: expected at most 8, found 9'],
    [{ size: 3 }, 'size: expected a multiple of 2, found 3'],
    [{ size: 2, name: 'ab' }, 'name: expected at least 3 characters, found "ab"'],
    [{ size: 2, name: 'Abc' }, 'name: expected a-z, found "Abc"'],
    [{ size: 2, own: 'no' }, 'own: expected anything else'],
    [{ size: 2, either: 5 }, 'either: expected string or object, found 5'],
    [{ size: 2, either: 'x' }, 'either: expected at least 2 characters, found "x"'],
    [{ size: 2, either: {} }, 'either.at: expected number, found nothing'],
  ] as const) {
    t.equal(lineFor(input), line)
  }
})

t.test('of a choice of objects the keys are those of the one that was chosen', async t => {
  for (const [input, line] of [
    [
      { size: 2, sise: 2 },
      'sise: expected one of the keys size, name, shape, either, own, found "sise"',
    ],
    [{ size: 2, either: { at: 1, ab: 2 } }, 'either.ab: expected one of the keys at, found "ab"'],
    [
      { size: 2, shape: { kind: 'square', side: 1, radius: 1 } },
      'shape.radius: expected one of the keys kind, side, found "radius"',
    ],
    [
      { size: 2, shape: { kind: 'oval' } },
      'shape.kind: expected one of round, square, found "oval"',
    ],
  ] as const) {
    t.equal(lineFor(input), line)
  }
})

t.test('what was found is cut, and of what has parts only its kind is told', async t => {
  const long = { size: 2, name: 'X'.repeat(200) }
  t.equal(lineFor(long), `name: expected a-z, found "${'X'.repeat(79)}…`)
  t.equal(lineFor({ size: '8' }), 'size: expected number, found "8"')
  t.equal(lineFor({ size: '8 px' }), 'size: expected number, found "8…"')
  const deep = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000))
  t.equal(lineFor({ size: deep }), 'size: expected number, found […]')
  t.equal(lineFor({ size: { a: 'SECRET' } }), 'size: expected number, found {…}')
  t.equal(lineFor({ size: {} }), 'size: expected number, found {}')
  t.equal(lineFor({ size: null }), 'size: expected number, found null')
})

t.test('a key that is not known inside a record is told like any other', async t => {
  const inRecord = z.strictObject({ by: z.record(z.string(), z.strictObject({ a: z.int() })) })
  const input = { by: { porch: { a: 1, b: 1 } } }
  const { error } = inRecord.safeParse(input)
  t.equal(
    explain(error!.issues[0]!, inRecord, input),
    'by.porch.b: expected one of the keys a, found "b"',
  )
})

t.test('what may be a secret is not shown, wherever it was written by mistake', async t => {
  const secrets = z.strictObject({
    token: z.string().min(16).optional(),
    url: z.url().optional(),
    part: z.strictObject({ password: z.string().min(3).optional() }).optional(),
    words: z.array(z.string()).optional(),
    level: z.int().optional(),
    name: z
      .string()
      .regex(/^[a-z]+$/, 'expected a-z')
      .optional(),
  })
  for (const [input, line] of [
    [{ token: 'short' }, 'token: expected at least 16 characters, found ***'],
    [{ token: 1234567890 }, 'token: expected string, found ***'],
    [{ token: ['SECRET'] }, 'token: expected string, found […]'],
    [{ url: 'host/KEY' }, 'url: Invalid URL, found ***'],
    [{ part: 'hunter2' }, 'part: expected object, found ***'],
    [{ part: ['hunter2'] }, 'part: expected object, found […]'],
    [{ words: 'hunter2' }, 'words: expected array, found ***'],
    [{ words: null }, 'words: expected array, found null'],
    [{ level: [[0, 1]] }, 'level: expected number, found [[0,1]]'],
    [{ token: [1234567890] }, 'token: expected string, found […]'],
    [{ part: { password: 1 } }, 'part.password: expected string, found ***'],
    [{ level: 'rtsp://user:hunter2@host' }, 'level: expected number, found a text'],
    [{ name: 'rtsp://user:hunter2@host' }, 'name: expected a-z, found "rtsp://***"'],
    [{ name: 'password=hunter2' }, 'name: expected a-z, found ***'],
    [{ level: '8 "hunter2" of ducks' }, 'level: expected number, found "8…"'],
    [{ name: 'porch "hunter2"' }, 'name: expected a-z, found "porch …"'],
    [{ level: 'password=hunter2' }, 'level: expected number, found a text'],
    [
      { part: { 'password:hunter2': null } },
      'part.password…: expected one of the keys password, found "password…"',
    ],
    [
      { hunter2: null },
      'the file: expected only the keys token, url, part, words, level, name, found another one',
    ],
    [
      { 'level\n': 1 },
      'level…: expected one of the keys token, url, part, words, level, name, found "level…"',
    ],
    [{ part: { hunter2: null } }, 'part: expected only the keys password, found another one'],
    [
      { part: { passwordhunter2: null } },
      'part.password…: expected one of the keys password, found "password…"',
    ],
  ] as const) {
    const { error } = secrets.safeParse(input)
    t.equal(explain(error!.issues[0]!, secrets, input), line)
  }
})

t.test('the input itself is called what the caller calls it', async t => {
  const { error } = schema.safeParse(1)
  t.equal(explain(error!.issues[0]!, schema, 1, 'body'), 'body: expected object, found 1')
})
