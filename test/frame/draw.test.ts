import t from 'tap'
import { type Caption, drawCaptions } from '../../src/frame/draw.js'

const GREY = 90

/** Draws on a grey picture. */
function draw(width: number, height: number, captions: readonly Caption[]) {
  const rgb = new Uint8Array(width * height * 3).fill(GREY)
  drawCaptions({ width, height, rgb }, captions)
  return {
    at: (x: number, y: number) => [...rgb.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)],
    /** Pixels that are not grey any more. */
    painted: () => rgb.filter(value => value !== GREY).length / 3,
  }
}

const box = { x: 0.25, y: 0.25, width: 0.5, height: 0.5 }
const grey = [GREY, GREY, GREY]
const black = [0, 0, 0]

t.test(
  'a box is a coloured line with a dark rim around it, and leaves what it holds alone',
  async t => {
    const { at } = draw(200, 100, [{ box, text: '' }])
    t.same(at(49, 50), black)
    const line = at(50, 50)
    t.ok(Math.max(...line) > 180, `bright: ${line}`)
    t.same(at(51, 50), line)
    t.same(at(52, 50), grey)
    t.same(at(149, 74), line, 'the far corner')
    t.same(at(150, 75), black)
    t.same(at(151, 76), grey)
    t.same(at(48, 24), grey)
  },
)

t.test(
  'a caption stands on its box in the colour of the box, and inside if there is no room',
  async t => {
    const { at } = draw(200, 100, [{ box, text: 'person 87 %' }])
    t.same(at(50, 15), at(50, 50), 'above')
    const high = draw(200, 100, [{ box: { ...box, y: 0.05 }, text: 'person 87 %' }])
    t.same(high.at(56, 10), high.at(50, 50), 'inside, between two letters')
    const wide = draw(200, 100, [{ box: { ...box, x: 0.9, width: 0.1 }, text: 'person 87 %' }])
    t.same(wide.at(140, 15), wide.at(180, 50), 'pushed back into the picture')
  },
)

t.test('letters are black and grow with the picture', async t => {
  const dark = (height: number): number => {
    const { at } = draw(600, height, [{ box, text: 'l' }])
    let count = 0
    const top = Math.round(height / 4)
    for (let y = 0; y < top - 1; y++) {
      for (let x = 150; x < 200; x++) if (at(x, y).join() === '0,0,0') count++
    }
    return count
  }
  t.equal(dark(300), 10, 'the ten pixels of the font, as they are')
  t.ok(dark(600) >= 40, 'each twice as wide and high')
})

t.test('a label has the same colour whatever its score, and another than most others', async t => {
  const colourOf = (text: string) => draw(200, 100, [{ box, text }]).at(50, 50).join()
  t.equal(colourOf('person 87 %'), colourOf('person 4 %'))
  t.not(colourOf('person 87 %'), colourOf('car 87 %'))
  const labels = 'person bicycle car motorcycle bus truck cat dog bird'.split(' ')
  t.ok(new Set(labels.map(colourOf)).size >= 5)
})

t.test('captions that would lie on each other go below each other', async t => {
  const near = { ...box, x: 0.26 }
  const apart = draw(200, 100, [
    { box, text: 'person' },
    { box: near, text: 'car' },
    { box: { ...box, y: 0.6, height: 0.2 }, text: 'dog' },
  ])
  const second = apart.at(53, 26)
  t.not(second.join(), apart.at(50, 16).join(), 'the second caption has its own colour')
  t.same(second, apart.at(53, 33), 'and begins where the first ends')
})

t.test('what lies outside the picture is cut off', async t => {
  const everything = { x: -0.5, y: -0.5, width: 2, height: 2 }
  t.equal(draw(64, 64, [{ box: everything, text: '' }]).painted(), 0)
  const beyond = draw(20, 20, [{ box: everything, text: 'much longer than the picture' }])
  t.equal(beyond.at(19, 0).length, 3)
  t.ok(beyond.painted() <= 400)
})
