import t from 'tap'
import { createProgress } from '../../src/cli/progress.js'

/** All that was written, and what a terminal shows of it in the end. */
function paper() {
  const writes: string[] = []
  return {
    writes,
    write: (text: string) => {
      writes.push(text)
    },
    visible: () => writes.join('').split('\r\x1b[K').at(-1),
  }
}

t.test('on a terminal one line is rewritten, and taken away in the end', async t => {
  const { writes, write, visible } = paper()
  const progress = createProgress(write, true, 12)
  t.equal(visible(), `${'░'.repeat(24)}  0/12 `)
  for (let i = 0; i < 6; i++) progress.advance()
  t.equal(visible(), `${'█'.repeat(12)}${'░'.repeat(12)}  6/12 `)
  progress.advance('porch.jpg')
  t.match(visible(), / 7\/12 porch\.jpg$/)
  progress.close()
  t.equal(visible(), '')
  t.notMatch(writes.join(''), '\n')
})

t.test('the line never wraps, and never passes its end', async t => {
  const { write, visible } = paper()
  const progress = createProgress(write, true, 100_000)
  progress.advance('x'.repeat(200))
  t.ok(visible()!.length < 80)
  const { write: other, visible: end } = paper()
  const short = createProgress(other, true, 1)
  short.advance()
  short.advance()
  t.equal(end(), `${'█'.repeat(24)} 1/1 `)
})

t.test('elsewhere there is a line at each quarter', async t => {
  const { writes, write } = paper()
  const progress = createProgress(write, false, 10)
  t.same(writes, [])
  for (let i = 1; i <= 10; i++) progress.advance(`step ${i}`)
  progress.close()
  t.same(writes, [' 3/10 step 3\n', ' 5/10 step 5\n', ' 8/10 step 8\n', '10/10 step 10\n'])
})

t.test('few steps give few lines', async t => {
  const { writes, write } = paper()
  const progress = createProgress(write, false, 2)
  progress.advance()
  progress.advance()
  progress.advance()
  t.same(writes, ['1/2 \n', '2/2 \n'])
})
