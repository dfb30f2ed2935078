import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { CONTENDERS } from '../../src/bench/contenders.js'
import { benchCommand } from '../../src/cli/bench.js'
import { clipFile } from '../fixtures/clips.js'
import { interruptVerb } from '../fixtures/interrupt.js'
import { photoPath } from '../fixtures/photos.js'
import { paperTerminal } from '../fixtures/terminal.js'

async function bench(...args: string[]) {
  const terminal = paperTerminal()
  const code = await benchCommand(args, terminal)
  return { code, out: terminal.outText, err: terminal.errText }
}

const folder = t.testdir({
  photos: {
    '2.jpg': t.fixture('symlink', photoPath(2)),
    '6.jpg': t.fixture('symlink', photoPath(6)),
  },
  // a person all over each of them
  'labels.json': JSON.stringify({
    images: [2, 6].map(id => ({ id, file_name: `${id}.jpg`, width: 1920, height: 1280 })),
    categories: [{ id: 1, name: 'person' }],
    annotations: [2, 6].map(id => ({ image_id: id, category_id: 1, bbox: [0, 0, 1920, 1280] })),
  }),
  'squint.yaml': 'cascade: {policy: {doubtLimit: 0.25}}',
})
const photos = join(folder, 'photos')
const labels = join(folder, 'labels.json')
const people = clipFile(folder, { source: { photo: photoPath(1) }, seconds: 2, fps: 5 })

t.test('a clip is told as tables, for all contenders', async t => {
  const { code, out, err } = await bench(people, '--runs', '1')
  t.equal(code, 0)
  t.match(out, /^\*\*clip\.mp4\*\*: 10 frames at 5 per second, events: [1-9]/)
  for (const name of CONTENDERS) t.match(out, `\n| ${name} `)
  t.match(err, /10\/10 run 1 of 1\n$/)
})

t.test('flags are followed, and JSON, tables and chart can be kept', async t => {
  const out = join(t.testdir({}), 'kept', 'here')
  const flags = [
    '--policies',
    'cascade, cascade+budget',
    '--runs',
    '2',
    '--loops',
    '2',
    '--fps',
    '8',
  ]
  const kept = ['--out', out, '--json', '--budget', '30']
  const told = await bench(people, ...flags, ...kept)
  t.equal(told.code, 0)
  const report = JSON.parse(told.out)
  t.match(report, { runs: 2, fps: 8, frames: 20, path: 'clip.mp4' })
  t.same(
    report.rows.map(({ name }: { name: string }) => name),
    ['expert-only', 'cascade', 'cascade+budget'],
  )
  t.match(report.rows[0], { eventRecall: 1, coverage: 1, boxRecall: 1 })
  t.equal(report.rows[2].budget.target, 30)
  t.same(readdirSync(out).sort(), ['bench.json', 'bench.md', 'cost.svg'])
  t.equal(readFileSync(join(out, 'bench.json'), 'utf8'), told.out)
})

t.test('a folder of pictures is told with labels, and without', async t => {
  const plain = await bench(photos, '--runs', '1')
  t.equal(plain.code, 0)
  t.match(plain.out, /^\*\*photos\*\*: 2 pictures\./)
  t.notMatch(plain.out, 'AP50')
  const out = t.testdir({})
  const judged = await bench(photos, '--runs', '1', '--labels', labels, '--out', out)
  t.match(judged.out, 'AP50')
  t.same(readdirSync(out).sort(), ['bench.json', 'bench.md', 'routing.svg'])
})

t.test('what the configuration says holds', async t => {
  const { out } = await bench(photos, '--runs', '1', '--config', join(folder, 'squint.yaml'))
  t.match(out, 'At the doubtLimit of 0.25 it asks')
})

t.test('a wrong flag is refused by its name, before any work', async t => {
  const file = join(photos, '2.jpg')
  for (const [args, message] of [
    [[], 'CLIP|FOLDER: expected one, found 0'],
    [[people, people], 'CLIP|FOLDER: expected one, found 2'],
    [
      [people, '--policies', 'cascade,magic'],
      /^--policies: expected some of expert-only, .*, found "magic"$/,
    ],
    [[people, '--runs', '0'], '--runs: expected a number from 1 to 100, found "0"'],
    [[people, '--runs', '1.5'], '--runs: expected a whole number, found "1.5"'],
    [[people, '--loops', 'many'], '--loops: expected a number from 1 to 1000, found "many"'],
    [[people, '--fps', '0'], '--fps: expected a number from 0.01 to 240, found "0"'],
    [[people, '--budget', '-3'], /--budget/],
    [[people, '--budget=-3'], '--budget: expected a number from 0.001 to 100000, found "-3"'],
    [
      [people, '--labels', 'x.json'],
      `--labels: expected a folder of pictures with it, found ${people}`,
    ],
    [[photos, '--policies', 'cascade'], `--policies: expected a clip with it, found ${photos}`],
    [[photos, '--loops', '2'], `--loops: expected a clip with it, found ${photos}`],
    [[photos, '--fps', '2'], `--fps: expected a clip with it, found ${photos}`],
    [[photos, '--budget', '2'], `--budget: expected a clip with it, found ${photos}`],
    [[photos, '--labels', file], /^--labels: expected a COCO file, found /],
    [[people, '--out', file], /^--out: expected a folder to write to, found EEXIST/],
    [[people, '--config', '/nowhere.yaml'], /^--config: expected a readable file, found ENOENT/],
    [[people, '--quick'], /--quick/],
  ] as const) {
    await t.rejects(bench(...args), { code: 'CONFIG_INVALID', message }, `${args.join(' ')}`)
  }
})

t.test('help says what there is', async t => {
  const { code, out } = await bench('--help')
  t.equal(code, 0)
  t.match(out, /^usage: squint bench CLIP\|FOLDER/)
  for (const line of out.split('\n')) t.ok(line.length <= 120, line)
})

t.test('an interrupt ends it at once, and its ffmpeg with it', async t => {
  const clip = clipFile(t.testdir({}), { source: 'testsrc=size=640x480', seconds: 4, fps: 10 })
  const { code, signal, tookMs } = await interruptVerb('bench', clip)
  t.same([code, signal], [null, 'SIGINT'])
  t.ok(tookMs < 2000, `${tookMs} ms`)
})
