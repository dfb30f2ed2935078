import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { detectCommand } from '../../src/cli/detect.js'
import { photoPath } from '../fixtures/photos.js'
import { runProgram } from '../fixtures/program.js'
import { paperTerminal } from '../fixtures/terminal.js'

t.test('pictures are told as a table', async t => {
  const terminal = paperTerminal()
  t.equal(await detectCommand([photoPath(6)], terminal), 0)
  const text = terminal.outText
  t.match(
    text,
    /sample6\.jpg {2}1920x1537 {2}expert\/requested {2}[\d.]+ ms, \d+ mJ \(modelled ±71 %\)\n/,
  )
  t.match(text, /\n {2}person {11}0\.\d\d {2}x/)
})

t.test(
  'JSON holds every candidate, one element per file, and an error for what could not be read',
  async t => {
    const folder = t.testdir({ 'notes.txt': 'not a picture' })
    const terminal = paperTerminal()
    const code = await detectCommand(
      [photoPath(6), join(folder, 'notes.txt'), join(folder, 'gone.jpg'), '--json'],
      terminal,
    )
    t.equal(code, 1)
    const reports = JSON.parse(terminal.outText)
    t.match(reports, [
      {
        file: photoPath(6),
        frame: { width: 1920, height: 1537 },
        exit: { stage: 'expert' },
        energyMj: { method: 'modelled' },
      },
      { file: join(folder, 'notes.txt'), error: { code: 'PICTURE_UNSUPPORTED' } },
      {
        file: join(folder, 'gone.jpg'),
        error: { code: 'NOT_FOUND', message: /expected a readable file, found ENOENT/ },
      },
    ])
    const scores = reports[0].detections.map(({ score }: { score: number }) => score)
    t.ok(Math.min(...scores) < 0.3 && Math.min(...scores) >= 0.02, `${scores}`)
  },
)

t.test('the expert here looks, even if another one is configured', async t => {
  const expert = '{remote: "http://127.0.0.1:9", model: shared, local: expert-ghostnet}'
  const folder = t.testdir({ 'squint.yaml': `cascade: {expert: ${expert}}` })
  const terminal = paperTerminal()
  const config = join(folder, 'squint.yaml')
  t.equal(await detectCommand([photoPath(6), '--json', '--config', config], terminal), 0)
  const [report] = JSON.parse(terminal.outText)
  t.match(report, { exit: { expert: 'local' }, timingsMs: { remote: 0 } })
})

t.test('depth and lowest score can be chosen', async t => {
  const terminal = paperTerminal()
  t.equal(
    await detectCommand(
      [photoPath(6), '--json', '--depth', 'scout', '--min-score', '0.5'],
      terminal,
    ),
    0,
  )
  const [report] = JSON.parse(terminal.outText)
  t.match(report.exit, { stage: 'scout', reason: 'requested' })
  t.ok(report.detections.every(({ score }: { score: number }) => score >= 0.5))
})

t.test('a command line of 600 file names is taken', async t => {
  const folder = t.testdir({})
  copyFileSync(photoPath(1), join(folder, 'photo.jpg'))
  const files = Array(600)
    .fill(join(folder, 'photo.jpg'))
    .map((file, i) => (i === 0 ? file : `${file}.missing-${i}`))
  const { code, signal, stdout } = await runProgram('node', [
    'build/src/cli.js',
    'detect',
    ...files,
    '--json',
    '--depth',
    'scout',
  ])
  t.same([code, signal], [1, null])
  t.equal(JSON.parse(stdout).length, 600)
})
