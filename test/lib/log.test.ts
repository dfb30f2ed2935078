import { spawnSync } from 'node:child_process'
import t from 'tap'

t.test('the log writes JSON lines on stderr and nothing below its level', async t => {
  const program = `
    import { createLog } from './src/lib/log.ts'
    const log = createLog('warn')
    log.info('quiet')
    log.warn({ camera: 'porch' }, 'loud')`
  const { stdout, stderr } = spawnSync(
    'node',
    ['--import', 'tsx', '--input-type=module', '-e', program],
    { encoding: 'utf8' },
  )
  t.equal(stdout, '')
  const lines = stderr
    .trim()
    .split('\n')
    .filter(line => line.startsWith('{'))
  t.equal(lines.length, 1)
  t.match(JSON.parse(lines[0]!), { camera: 'porch', msg: 'loud', time: /^20/ })
})
