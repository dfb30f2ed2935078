import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makeFolder, tellReport } from '../../src/cli/report-files.js'
import { paperTerminal } from '../fixtures/terminal.js'

const report = {
  json: { rows: [1, 2] },
  markdown: '| a |\n',
  charts: { cost: '<svg>cost</svg>\n', routing: '<svg>routing</svg>\n' },
}

t.test('a report is printed as a table, or as JSON', async t => {
  const table = paperTerminal()
  await tellReport('bench', report, { json: false }, table)
  t.equal(table.outText, '| a |\n')
  const json = paperTerminal()
  await tellReport('bench', report, { json: true }, json)
  t.same(JSON.parse(json.outText), report.json)
  t.match(json.outText, /\n$/)
})

t.test('with a folder all of it is written as well', async t => {
  const out = t.testdir({})
  await tellReport('bench', report, { json: false, out }, paperTerminal())
  const read = (name: string) => readFileSync(join(out, name), 'utf8')
  t.same(readdirSync(out).sort(), ['bench.json', 'bench.md', 'cost.svg', 'routing.svg'])
  t.same(JSON.parse(read('bench.json')), report.json)
  t.equal(read('bench.md'), report.markdown)
  t.equal(read('cost.svg'), report.charts.cost)
})

t.test('a folder is made where there is none, and one that cannot be is refused', async t => {
  const folder = t.testdir({ 'a file': '' })
  await makeFolder('out', join(folder, 'deep', 'down'))
  t.same(readdirSync(join(folder, 'deep')), ['down'])
  await makeFolder('out', join(folder, 'deep'))
  await t.rejects(makeFolder('out', join(folder, 'a file')), {
    code: 'CONFIG_INVALID',
    message: /^--out: expected a folder to write to, found EEXIST/,
  })
})
