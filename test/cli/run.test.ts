import t from 'tap'
import { run } from '../../src/cli/run.js'
import { packageVersion } from '../../src/lib/package.js'
import { paperTerminal } from '../fixtures/terminal.js'

t.test('help and version are printed', async t => {
  const verbs = ['serve', 'detect', 'bench', 'tune', 'doctor']
  for (const args of [[], ['--help'], ['-h'], ...verbs.map(verb => [verb, '--help'])]) {
    const terminal = paperTerminal()
    t.equal(await run(args, terminal), 0)
    t.match(terminal.outText, /usage: squint/)
  }
  const terminal = paperTerminal()
  t.equal(await run(['--version'], terminal), 0)
  t.equal(terminal.outText, `${packageVersion}\n`)
})

t.test('a wrong verb or flag is refused in one line', async t => {
  const refused = async (...args: string[]) => {
    const terminal = paperTerminal()
    t.equal(await run(args, terminal), 2)
    t.equal(terminal.outText, '')
    return terminal.errText
  }
  t.equal(
    await refused('server'),
    'squint: CONFIG_INVALID: expected one of serve, detect, bench, tune, doctor, token, found server\n',
  )
  t.match(await refused('serve', '--prot', '1'), /^squint: CONFIG_INVALID: .*--prot.*\n$/)
  t.match(
    await refused('serve', '--port', 'eighty'),
    /--port: expected a number from 0 to 65535, found "eighty"/,
  )
  t.match(await refused('serve', '--host', '0.0.0.0'), /server\.token: expected a token/)
  t.match(await refused('bench'), /CLIP\|FOLDER: expected one, found 0/)
  t.match(await refused('tune', 'a.mp4', '--trials', 'x'), /--trials: expected a number/)
  t.match(await refused('detect'), /FILE: expected at least one picture, found none/)
  t.match(
    await refused('detect', 'a.jpg', '--depth', 'deeper'),
    /--depth: expected one of auto, scout, expert, found deeper/,
  )
  t.match(
    await refused('detect', 'a.jpg', '--min-score', '2'),
    /--min-score: expected a number from 0 to 1, found "2"/,
  )
})
