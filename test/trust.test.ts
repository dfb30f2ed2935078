/** The page of what long runs have proved is what they have left, and all of it is fine. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { packageRoot } from '../src/lib/package.js'

const run = promisify(execFile)

t.test('docs/trust.md is written of docs/trust', async t => {
  await t.resolves(run(process.execPath, [join(packageRoot, 'scripts/trust.mjs'), '--check']))
})

t.test('every promise on it was kept', async t => {
  const page = readFileSync(join(packageRoot, 'docs/trust.md'), 'utf8')
  t.ok(page.split('✓').length > 200)
  t.notMatch(page, '✗')
})
