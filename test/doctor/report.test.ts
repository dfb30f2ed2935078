import { stripVTControlCharacters } from 'node:util'
import t from 'tap'
import { examine } from '../../src/doctor/examine.js'
import type { Finding } from '../../src/doctor/finding.js'
import { reportOf, wantsColour } from '../../src/doctor/report.js'
import { surroundingsOf } from '../fixtures/surroundings.js'

const finding = (more: Partial<Finding> = {}): Finding => ({
  subject: 'thing',
  state: 'well',
  essential: false,
  found: 'there',
  ...more,
})

const plain = { version: '1.2.3', colour: false }

t.test('a finding is a line with a mark, its subject and what was found', t => {
  const text = reportOf(
    [
      finding(),
      finding({ subject: 'ffmpeg', state: 'missing', found: 'not found', mend: 'sudo apt x' }),
      finding({ subject: 'camera', state: 'notice', found: 'porch is not there' }),
      finding({ subject: 'camera', state: 'notice', found: 'yard is not there' }),
    ],
    plain,
  )
  t.equal(
    text,
    [
      'squint 1.2.3',
      '',
      ' ✓ thing   there',
      ' ✗ ffmpeg  not found',
      '           → sudo apt x',
      ' ! camera  porch is not there',
      ' !         yard is not there',
      '',
      'It can serve; 3 things could be better.',
      '',
    ].join('\n'),
  )
  t.end()
})

t.test('the last line says whether it can serve, and what is in the way', t => {
  const last = (...findings: Finding[]) => reportOf(findings, plain).trim().split('\n').at(-1)
  t.equal(last(finding()), 'It can serve, and all is well.')
  t.equal(last(finding({ state: 'notice' })), 'It can serve; one thing could be better.')
  const models = finding({ subject: 'models', state: 'missing', essential: true })
  const port = finding({ subject: 'port', state: 'missing', essential: true })
  t.equal(last(models, models, finding(), port), 'It cannot serve as it is: models, port.')
  t.end()
})

t.test('texts are broken at 80 columns, commands are not', t => {
  const long = 'word '.repeat(40).trim()
  const text = reportOf(
    [
      finding({ found: long, mend: `${long}.` }),
      finding({ found: `${'x'.repeat(90)} y`, mend: `echo ${long}` }),
    ],
    plain,
  )
  const lines = text.split('\n')
  const wide = lines.filter(line => line.length > 80)
  t.match(wide, [/^ ✓ +x{90}$/, /→ echo (word ?){40}$/])
  t.equal(wide.length, 2)
  t.ok(lines.filter(line => /^ {10}word/.test(line)).length >= 2, 'text goes on below text')
  t.ok(lines.filter(line => /^ {12}word/.test(line)).length >= 2, 'a remedy below a remedy')
  t.end()
})

t.test('colours add nothing but colours', t => {
  const findings = [finding({ state: 'missing', mend: 'sudo apt x' })]
  const coloured = reportOf(findings, { ...plain, colour: true })
  t.match(coloured, '\x1b[31m✗\x1b[0m')
  t.equal(stripVTControlCharacters(coloured), reportOf(findings, plain))
  t.end()
})

t.test('colours are for a terminal whose user has not refused them', t => {
  t.equal(wantsColour({ isTTY: true }, {}), true)
  t.equal(wantsColour({ isTTY: true }, { NO_COLOR: '' }), true)
  t.equal(wantsColour({ isTTY: true }, { NO_COLOR: '1' }), false)
  t.equal(wantsColour({ isTTY: true }, { TERM: 'dumb' }), false)
  t.equal(wantsColour({}, {}), false)
  t.end()
})

t.test('a whole machine fits on a screen', async t => {
  for (const board of ['doctor-pi5', 'doctor-x86'] as const) {
    const findings = await examine(await surroundingsOf(t, board, { server: { port: 0 } }))
    const lines = reportOf(findings, plain).split('\n')
    t.ok(lines.length <= 28, `${board}: ${lines.length} lines`)
  }
})
