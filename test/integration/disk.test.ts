/** A disk that is full or read-only costs what would be written to it, and nothing else. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/lib/package.js'
import { photoPath } from '../fixtures/photos.js'
import { runProgram } from '../fixtures/program.js'

const program = join(packageRoot, 'build/test/fixtures/bad-disk.js')
const { code: refused } = await runProgram('unshare', ['-m', 'true'])
const skip = refused === 0 ? false : 'only root may mount'

t.test('it goes on looking and answering, says what is wrong, and recovers', { skip }, async t => {
  const folder = join(t.testdir({}), 'disk')
  mkdirSync(folder)
  const script = `mount -t tmpfs -o size=8m none "$0" && exec node ${program} "$0" ${photoPath(6)}`
  const { code, stdout, stderr } = await runProgram('unshare', ['-m', 'sh', '-c', script, folder])
  t.equal(code, 0, stderr)
  const well = { error: null, events: true, change: [200, null], live: 200, picture: 200 }
  const told = { ...well, change: [507, 'STATE_UNWRITABLE'] }
  t.match(JSON.parse(stdout), {
    before: well,
    readOnly: { ...told, error: /EROFS/ },
    between: well,
    full: { ...told, error: /ENOSPC/ },
    after: well,
  })
})
