import t from 'tap'
import { eachPixel, GLYPH_HEIGHT, GLYPH_WIDTH } from '../../src/frame/font.js'

function pictureOf(text: string): string[] {
  const rows = Array.from({ length: GLYPH_HEIGHT }, () =>
    Array<string>(text.length * GLYPH_WIDTH).fill('.'),
  )
  eachPixel(text, (x, y) => {
    rows[y]![x] = '#'
  })
  return rows.map(row => row.join(''))
}

t.test('letters stand beside each other, those with tails below the line', async t => {
  t.same(pictureOf('Ag'), [
    '..#.........',
    '.#.#........',
    '#...#..####.',
    '#...#.#...#.',
    '#####.#...#.',
    '#...#..####.',
    '#...#.....#.',
    '......#...#.',
    '.......###..',
  ])
})

t.test('every printable letter of ASCII has a shape of its own', async t => {
  const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))
  const shapes = printable.map(letter => pictureOf(letter).join('\n'))
  t.equal(new Set(shapes).size, 95)
})

t.test('what the font does not know shows as a question mark', async t => {
  for (const letter of ['é', '\n', '\u007f', '人'])
    t.same(pictureOf(letter), pictureOf('?'), letter)
})
