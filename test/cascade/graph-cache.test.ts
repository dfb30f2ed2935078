import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { createGraphCache } from '../../src/cascade/graph-cache.js'
import { modelFixture } from '../fixtures/model.js'

const model = modelFixture()
const network = Buffer.from('a rewritten network')

function open(folder: string, runtime = '1.30.0') {
  const errors: unknown[] = []
  const cache = createGraphCache({ folder, runtime, onError: error => errors.push(error) })
  const keep = (text = network) => cache.keep(model, path => writeFile(path, text))
  return { ...cache, errors, put: keep }
}

const drafts = () => readdirSync(tmpdir()).filter(name => name.startsWith('squint-graph-'))

t.test('what is kept is found again by whoever it fits', async t => {
  const folder = join(t.testdir(), 'networks')
  const { find, put, errors } = open(folder)
  t.equal(await find(model), undefined)
  const before = drafts()
  await put()
  t.same(drafts(), before, 'no draft is left')
  t.same(await find(model), network)
  t.equal(await find({ ...model, sha256: 'f'.repeat(64) }), undefined, 'another network')
  t.equal(await open(folder, '1.31.0').find(model), undefined, 'another runtime')
  await put(Buffer.from('another one'))
  t.same(await find(model), Buffer.from('another one'))
  t.equal(readdirSync(folder).length, 1)
  t.same(errors, [])
})

t.test('a file that is torn or was changed is none', async t => {
  const folder = t.testdir()
  const { find, put } = open(folder)
  await put()
  const file = join(folder, readdirSync(folder)[0]!)
  const whole = readFileSync(file)
  truncateSync(file, whole.length - 1)
  t.equal(await find(model), undefined)
  writeFileSync(
    file,
    whole.map((byte, at) => (at === whole.length - 1 ? byte ^ 1 : byte)),
  )
  t.equal(await find(model), undefined)
  truncateSync(file, 3)
  t.equal(await find(model), undefined)
  writeFileSync(file, whole)
  t.same(await find(model), network)
})

t.test('what cannot be kept is told, what cannot be written is no network', async t => {
  const folder = join(t.testdir({ file: '' }), 'file', 'networks')
  const { errors, keep, put } = open(folder)
  await put()
  t.match(errors, [{ code: 'ENOTDIR' }])
  const before = drafts()
  await t.rejects(
    keep(model, () => Promise.reject(new Error('no network'))),
    /no network/,
  )
  t.same(drafts(), before)
})
