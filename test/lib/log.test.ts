import t from 'tap'
import { createLog } from '../../src/lib/log.js'
import { runProgram } from '../fixtures/program.js'

t.test('the log writes JSON lines on stderr and nothing below its level', async t => {
  const program = `
    import { createLog } from './build/src/lib/log.js'
    const log = createLog('warn')
    log.info('quiet')
    log.warn({ camera: 'porch' }, 'loud')`
  const { stdout, stderr } = await runProgram('node', ['--input-type=module', '-e', program])
  t.equal(stdout, '')
  const lines = stderr.trim().split('\n')
  t.equal(lines.length, 1)
  t.match(JSON.parse(lines[0]!), { camera: 'porch', msg: 'loud', time: /^20/ })
})

t.test('a level below which nothing is written can be told', async t => {
  t.equal(createLog('error').isLevelEnabled('warn'), false)
})
