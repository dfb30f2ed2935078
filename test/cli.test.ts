import t from 'tap'
import { packageVersion } from '../src/lib/package.js'
import { runProgram } from './fixtures/program.js'

t.test('the program runs its verb, prints, and exits with its code', async t => {
  t.same(await runProgram('node', ['build/src/cli.js', '--version']), {
    code: 0,
    signal: null,
    stdout: `${packageVersion}\n`,
    stderr: '',
  })
})

t.test('a start that is refused says why in one line and exits with 2', async t => {
  const folder = t.testdir({ 'squint.yaml': 'cameras: [{id: porch, type: demo, fsp: 3}]' })
  t.same(
    await runProgram('node', ['build/src/cli.js', 'serve', '--config', `${folder}/squint.yaml`]),
    {
      code: 2,
      signal: null,
      stdout: '',
      stderr: `squint: CONFIG_INVALID: ${folder}/squint.yaml: cameras[0].fsp: expected one of the keys id, maxAgeMs, type, fps, found "fsp"\n`,
    },
  )
})
