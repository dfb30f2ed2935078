import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readPolicies } from '../../src/cascade/policies.js'
import { policySchema } from '../../src/cascade/policy.js'
import { tuneCommand } from '../../src/cli/tune.js'
import { clipFile } from '../fixtures/clips.js'
import { interruptVerb } from '../fixtures/interrupt.js'
import { photoPath } from '../fixtures/photos.js'
import { paperTerminal } from '../fixtures/terminal.js'

async function tune(...args: string[]) {
  const terminal = paperTerminal()
  const code = await tuneCommand(args, terminal)
  return { code, out: terminal.outText, err: terminal.errText }
}

t.test('it prints the table and the policy, and writes nothing unasked', async t => {
  const clip = clipFile(t.testdir({}), { source: { photo: photoPath(1) }, seconds: 2, fps: 5 })
  const { code, out, err } = await tune(clip, '--trials', '4')
  t.equal(code, 0)
  t.match(out, /^\*\*clip\.mp4\*\*: 10 frames at 5 per second, 4 policies tried\./)
  t.match(out, '\nThe chosen policy:\n\n```yaml\n# Tuned on clip.mp4')
  t.match(err, /4\/4 policies tried\n$/)
})

t.test('a camera gets its policy, as the service will read it', async t => {
  const folder = t.testdir({ 'squint.yaml': 'cascade: {policy: {retryMs: 425}}' })
  const [policies, out] = [join(folder, 'policies'), join(folder, 'out')]
  const config = ['--config', join(folder, 'squint.yaml'), '--trials', '3', '--agreement', '0.8']
  const camera = ['--camera', 'porch', '--policies', policies, '--out', out, '--json']
  const told = await tune(clipFile(folder), ...config, ...camera)
  t.equal(told.code, 0)
  t.match(told.err, `written: ${join(policies, 'porch.yaml')}\n`)
  const report = JSON.parse(told.out)
  t.match(report, { frames: 10, agreement: 0.8, start: { policy: { retryMs: 425 } } })
  const read = await readPolicies(policies, ['porch'], policySchema.parse({}))
  t.same(read, { porch: report.best.policy })
  t.same(readdirSync(policies), ['porch.yaml'])
  t.same(readdirSync(out).sort(), ['tune.json', 'tune.md', 'tune.svg'])
  t.equal(readFileSync(join(out, 'tune.json'), 'utf8'), told.out)
})

t.test('a long recording gives signs of life', async t => {
  const clip = clipFile(t.testdir({}), { source: 'color=gray:size=64x48', seconds: 4, fps: 26 })
  const { err } = await tune(clip, '--trials', '1')
  t.match(err, /^100 frames recorded\n/)
})

t.test('a wrong flag is refused by its name, before any work', async t => {
  const folder = t.testdir({ 'a file': '', 'a.jpg': 'a picture' })
  const clip = clipFile(folder)
  for (const [args, message] of [
    [[], 'CLIP: expected one, found 0'],
    [[folder], `CLIP: expected a recording, found the folder ${folder}`],
    [[clip, '--agreement', '90'], '--agreement: expected a number from 0 to 1, found "90"'],
    [[clip, '--trials', '0'], '--trials: expected a number from 1 to 10000, found "0"'],
    [[clip, '--trials', '2.5'], '--trials: expected a whole number, found "2.5"'],
    [[clip, '--fps', 'x'], '--fps: expected a number from 0.01 to 240, found "x"'],
    [[clip, '--camera', 'porch'], '--policies: expected a folder, found none'],
    [[clip, '--policies', folder], "--camera: expected a camera's id, found none"],
    [
      [clip, '--policies', folder, '--camera', '../porch'],
      `--camera: expected a camera's id, found "../porch"`,
    ],
    [
      [clip, '--out', join(folder, 'a file')],
      /^--out: expected a folder to write to, found EEXIST/,
    ],
    [
      [clip, '--camera', 'porch', '--policies', join(folder, 'a file')],
      /^--policies: expected a folder to write to, found EEXIST/,
    ],
    [[clip, '--config', '/nowhere.yaml'], /^--config: expected a readable file, found ENOENT/],
    [[clip, '--quick'], /--quick/],
  ] as const) {
    await t.rejects(tune(...args), { code: 'CONFIG_INVALID', message }, `${args.join(' ')}`)
  }
})

t.test('help says what there is', async t => {
  const { code, out } = await tune('--help')
  t.equal(code, 0)
  t.match(out, /^usage: squint tune CLIP/)
  for (const line of out.split('\n')) t.ok(line.length <= 120, line)
})

t.test('an interrupt ends it at once, and its ffmpeg with it', async t => {
  const clip = clipFile(t.testdir({}), { source: 'testsrc=size=640x480', seconds: 4, fps: 10 })
  const { code, signal, tookMs } = await interruptVerb('tune', clip)
  t.same([code, signal], [null, 'SIGINT'])
  t.ok(tookMs < 2000, `${tookMs} ms`)
})
