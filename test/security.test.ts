/** SECURITY.md names a proof for each class of failures, and each of them exists. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../src/lib/package.js'

const read = (...path: string[]): string => readFileSync(join(packageRoot, ...path), 'utf8')

/** How many classes each part has. */
const PARTS = { 1: 11, 4: 17, 5: 10 }

const rows = [...read('SECURITY.md').matchAll(/^\| ([145]\.\d+) \| ([^|]+) \| ([^|]+) \|$/gm)].map(
  ([, number, , proof]) => ({ number: number!, proof: proof! }),
)

/** The titles of a test, and of the properties that it takes from its fixtures; what is filled in at run time is `…`. */
function titlesOf(path: string): Set<string> {
  const text = read(path)
  const fixtures = [...text.matchAll(/'\.\.\/fixtures\/(hostile\/[\w-]+)\.js'/g)]
  const texts = [text, ...fixtures.map(([, name]) => read('test/fixtures', `${name}.ts`))]
  const found = texts.flatMap(one => [
    ...one.matchAll(/\b(?:test|fuzz)\(\s*(?:'([^'\n]+)'|"([^"\n]+)"|`([^`\n]+)`),/g),
  ])
  return new Set(found.map(([, ...title]) => title.join('').replace(/\$\{[^}]*\}/g, '…')))
}

t.test('every class has its row, in order', async t => {
  const expected = Object.entries(PARTS).flatMap(([part, count]) =>
    Array.from({ length: count }, (_, i) => `${part}.${i + 1}`),
  )
  t.same(
    rows.map(({ number }) => number),
    expected,
  )
})

t.test('every test that is named is there, under its title', async t => {
  for (const { number, proof } of rows) {
    for (const [, file, titles] of proof.matchAll(/`([\w/-]+)` ((?:"[^"]+"(?:, )?)+)/g)) {
      const path = join('test', `${file}.test.ts`)
      const known = existsSync(join(packageRoot, path)) ? titlesOf(path) : new Set()
      for (const [, title] of titles!.matchAll(/"([^"]+)"/g))
        t.ok(known.has(title!), `${number}: ${path}: ${title}`)
    }
    // none stands where it is not looked for
    t.notMatch(proof.replace(/`[\w/-]+` (?:"[^"]+"(?:, )?)+/g, ''), /"/, number)
  }
})

t.test('every script that is named is there', async t => {
  const scripts = rows.flatMap(({ proof }) => [...proof.matchAll(/`(scripts\/[\w./-]+)`/g)])
  t.ok(scripts.length > 5)
  for (const [, path] of scripts) t.ok(existsSync(join(packageRoot, path!)), path!)
})

t.test('a class without a test or a script says why', async t => {
  for (const { number, proof } of rows) {
    const reason = /Cannot occur: |No cache/.test(proof)
    t.ok(reason || /` "|`scripts\//.test(proof), number)
  }
})
