import t from 'tap'
import { numberFlag, onlyArgument, parseFlags, wholeFlag } from '../../src/cli/flags.js'

const options = { port: { type: 'string' } } as const

t.test('flags and files are told apart, and every verb has help', async t => {
  t.match(parseFlags(['--port', '1', 'a.jpg'], options, true), {
    values: { port: '1' },
    positionals: ['a.jpg'],
  })
  t.equal(parseFlags(['-h'], options, false).values.help, true)
})

t.test('an unknown flag is refused by its name', async t => {
  t.throws(() => parseFlags(['--prot', '1'], options, false), {
    code: 'CONFIG_INVALID',
    message: /--prot/,
  })
})

t.test('numbers are numbers within their range', async t => {
  t.equal(numberFlag('port', '8080', 0, 65535), 8080)
  for (const text of ['', ' ', 'x', '-1', '65536', 'NaN']) {
    t.throws(() => numberFlag('port', text, 0, 65535), {
      code: 'CONFIG_INVALID',
      message: `--port: expected a number from 0 to 65535, found "${text}"`,
    })
  }
})

t.test('some numbers must be whole', async t => {
  t.equal(wholeFlag('runs', '3', 1, 100), 3)
  t.throws(() => wholeFlag('runs', '2.5', 1, 100), {
    code: 'CONFIG_INVALID',
    message: '--runs: expected a whole number, found "2.5"',
  })
  t.throws(() => wholeFlag('runs', '0', 1, 100), { message: /--runs: expected a number from 1/ })
})

t.test('one argument is one', async t => {
  t.equal(onlyArgument('CLIP', ['a.mp4']), 'a.mp4')
  for (const given of [[], ['a.mp4', 'b.mp4']]) {
    t.throws(() => onlyArgument('CLIP', given), {
      code: 'CONFIG_INVALID',
      message: `CLIP: expected one, found ${given.length}`,
    })
  }
})
