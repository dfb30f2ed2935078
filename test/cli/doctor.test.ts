import { join } from 'node:path'
import t from 'tap'
import { doctorCommand } from '../../src/cli/doctor.js'
import type { Calibrated, CalibrateOptions } from '../../src/doctor/calibrate.js'
import { packageVersion } from '../../src/lib/package.js'
import { beliefFixture } from '../fixtures/belief.js'
import { runProgram } from '../fixtures/program.js'
import { surroundingsOf } from '../fixtures/surroundings.js'
import { paperTerminal } from '../fixtures/terminal.js'

t.test('a healthy board is told on a screen', async t => {
  const terminal = paperTerminal()
  const board = await surroundingsOf(t, 'doctor-pi5', { server: { port: 0 } })
  t.equal(await doctorCommand([], terminal, board), 0)
  t.match(terminal.outText, /^squint .*\n\n ✓ board +Raspberry Pi 5 Model B Rev 1\.0\n/)
  t.match(terminal.outText, /\nIt can serve; one thing could be better\.\n$/)
})

t.test('JSON tells the same, and what is essential decides the exit code', async t => {
  const terminal = paperTerminal()
  const written = { server: { port: 0 }, cameras: [{ id: 'porch', type: 'libcamera' }] }
  const board = await surroundingsOf(t, 'doctor-pi4-bare', written)
  t.equal(await doctorCommand(['--json'], terminal, board), 1)
  const report = JSON.parse(terminal.outText)
  t.match(report, { version: packageVersion, canServe: false })
  t.same(
    report.findings.find(({ subject }: { subject: string }) => subject === 'rpicam'),
    {
      subject: 'rpicam',
      state: 'missing',
      essential: true,
      found: 'rpicam-vid not found; needed for porch',
      mend: 'sudo apt install rpicam-apps',
      details: { tools: [] },
    },
  )
})

t.test('without PATH no tool is found', async t => {
  const before = process.env.PATH
  t.teardown(() => {
    process.env.PATH = before
  })
  delete process.env.PATH
  const terminal = paperTerminal()
  await doctorCommand([], terminal)
  t.match(terminal.outText, / ✗ ffmpeg +not found/)
  t.match(terminal.outText, / meters .*energy is modelled/)
})

t.test('this very machine is looked at, and a broken configuration is a finding', async t => {
  const folder = t.testdir({ 'squint.yaml': 'server: {prot: 1}' })
  const { code, stdout, stderr } = await runProgram('node', [
    ...['build/src/cli.js', 'doctor', '--config', join(folder, 'squint.yaml'), '--json'],
  ])
  t.same({ code, stderr }, { code: 1, stderr: '' })
  const { findings } = JSON.parse(stdout)
  const about = (subject: string) =>
    findings.find((finding: { subject: string }) => finding.subject === subject)
  t.match(about('configuration'), { state: 'missing', found: /server\.prot/ })
  t.match(about('node'), {
    state: 'well',
    found: `Node.js ${process.versions.node} for ${process.arch}`,
  })
  t.match(about('libraries'), { state: 'well' })
})

t.test('a device is calibrated on request, as long and as often as asked', async t => {
  const { draw } = beliefFixture()
  const asked: unknown[] = []
  const calibrate = async (options: CalibrateOptions): Promise<Calibrated> => {
    asked.push({ seconds: options.seconds, rounds: options.rounds })
    options.onPhase('idle', 0)
    return {
      board: 'a board',
      meter: 'ina226',
      file: 'calibration.json',
      dropped: [],
      rounds: 2,
      calibration: {
        draw,
        idle: { watts: 2.7, scope: 'board', uncertainty: 0.03, method: 'calibrated' },
        scope: 'board',
        noise: 0.02,
        checks: [],
        error: 0.012,
      },
    }
  }
  const { sysfs, path } = await surroundingsOf(t, 'doctor-pi5')
  const terminal = paperTerminal()
  const args = ['--calibrate', '--seconds', '30', '--rounds', '2']
  t.equal(await doctorCommand(args, terminal, { sysfs, path }, calibrate), 0)
  t.match(terminal.outText, /^a board, by ina226\n/)
  const json = paperTerminal()
  t.equal(await doctorCommand(['--calibrate', '--json'], json, {}, calibrate), 0)
  t.match(JSON.parse(json.outText), { calibration: { idle: { watts: 2.7 } } })
  t.same(asked, [
    { seconds: 30, rounds: 2 },
    { seconds: 20, rounds: 3 },
  ])
  const lost = async (options: CalibrateOptions) => ({ ...(await calibrate(options)), file: null })
  t.equal(await doctorCommand(['--calibrate'], paperTerminal(), {}, lost), 1)
  const short = doctorCommand(['--calibrate', '--seconds', '5'], terminal, {}, calibrate)
  await t.rejects(short, {
    code: 'CONFIG_INVALID',
    message: /--seconds: expected a number from 20/,
  })
})

t.test('a device without a meter cannot be calibrated', async t => {
  const { sysfs, path } = await surroundingsOf(t, 'doctor-pi4-bare')
  const work = doctorCommand(['--calibrate'], paperTerminal(), { sysfs, path })
  await t.rejects(work, { code: 'METER_MISSING' })
})
