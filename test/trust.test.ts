/** The page of what long runs have proved is what they have left, and all of it is fine. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../src/lib/package.js'
import { runProgram } from './fixtures/program.js'

const SCRIPT = join(packageRoot, 'scripts/trust.mjs')
const DOCS = join(packageRoot, 'docs')
const check = (folder: string) => runProgram('node', [SCRIPT, '--check', folder])

t.test('docs/trust.md is written of docs/trust, and another one is found out', async t => {
  t.match(await check(DOCS), { code: 0, stderr: '' })
  const copy = t.testdir()
  for (const name of ['trust', 'trust.md'])
    cpSync(join(DOCS, name), join(copy, name), { recursive: true })
  t.match(await check(copy), { code: 0 })
  const page = readFileSync(join(copy, 'trust.md'), 'utf8')

  writeFileSync(join(copy, 'trust.md'), page.replace('18 of 18', '19 of 19'))
  t.match(await check(copy), { code: 1, stderr: /trust\.md is not what/ })

  const faults = join(copy, 'trust/faults.json')
  writeFileSync(faults, readFileSync(faults, 'utf8').replace('"fine": true', '"fine": false'))
  t.match(await runProgram('node', [SCRIPT, copy]), { code: 0 })
  t.match(readFileSync(join(copy, 'trust.md'), 'utf8'), /\*\*✗\*\* 17 of 18/)
  rmSync(faults)
  await runProgram('node', [SCRIPT, copy])
  t.match(readFileSync(join(copy, 'trust.md'), 'utf8'), '| Faults | not shown yet | |')
  writeFileSync(join(copy, 'trust/guesses.json'), '{}')
  t.match(await check(copy), { code: 1, stderr: /found guesses\.json/ })
})

t.test('every promise on it was kept', async t => {
  const page = readFileSync(join(DOCS, 'trust.md'), 'utf8')
  t.ok(page.split('✓').length > 200)
  t.notMatch(page, '✗')
})
