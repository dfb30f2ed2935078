import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { policyFile, readPolicies } from '../../src/cascade/policies.js'
import { policySchema } from '../../src/cascade/policy.js'

const base = policySchema.parse({ followMs: 200, doubt: 0.9 })

t.test('cameras with a file have a policy of their own, completed by that of all', async t => {
  const folder = t.testdir({
    'porch.yaml': '# tuned\nfollowMs: 750\nreadMs: 0\n',
    'empty.yaml': '',
    'stranger.yaml': 'not: even read',
    'notes.txt': 'nothing',
  })
  t.equal(policyFile(folder, 'porch'), join(folder, 'porch.yaml'))
  t.same(await readPolicies(folder, ['porch', 'yard', 'empty'], base), {
    porch: { ...base, followMs: 750, readMs: 0 },
    empty: base,
  })
  t.same(await readPolicies(folder, [], base), {})
})

t.test('a wrong file is refused in one line that names file and field', async t => {
  const refused = async (text: string, message: string | RegExp) => {
    const folder = t.testdir({ 'porch.yaml': text })
    const line = readPolicies(folder, ['yard', 'porch'], base).catch(({ code, message }) => {
      t.equal(code, 'CONFIG_INVALID')
      return String(message).replace(`${folder}/`, '')
    })
    t.match(await line, message)
    t.notMatch(await line, '\n')
  }
  await refused('followMs: -1', 'porch.yaml: followMs: expected at least 0, found -1')
  await refused('doubt: high', 'porch.yaml: doubt: expected number, found "high"')
  await refused('followms: 1', /^porch\.yaml: followms: expected one of the keys refreshSeconds, /)
  await refused('just words', 'porch.yaml: the file: expected object, found ***')
  await refused('[1]', 'porch.yaml: the file: expected object, found […]')
  await refused('a: [', /^porch\.yaml: expected YAML, found /)
  await refused('a: &x 1\nb: *x', /^porch\.yaml: expected YAML, found .*alias/i)
})

t.test('a file or folder that cannot be read is refused', async t => {
  const folder = t.testdir({})
  mkdirSync(join(folder, 'porch.yaml'))
  symlinkSync('nowhere', join(folder, 'yard.yaml'))
  await t.rejects(readPolicies(folder, ['porch'], base), {
    code: 'CONFIG_INVALID',
    message: /porch\.yaml: expected a readable file, found EISDIR/,
  })
  await t.rejects(readPolicies(folder, ['yard'], base), {
    code: 'CONFIG_INVALID',
    message: /yard\.yaml: expected a readable file, found ENOENT/,
  })
  await t.rejects(readPolicies(join(folder, 'gone'), ['porch'], base), {
    code: 'CONFIG_INVALID',
    message: /^cascade\.policies: expected a folder, found ENOENT.*gone/,
  })
})
