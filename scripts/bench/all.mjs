// Everything that docs/bench.md shows, by one command on an idle machine (about 25 minutes; RUNS 5 if left out):
//   bash scripts/build && node scripts/bench/all.mjs DATA [RUNS]          (DATA: the folder that holds clips/ and voc-dev/)
// Tables go between the marks in docs/bench.md, numbers and charts into docs/bench/.

import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const squint = join(root, 'build/src/cli.js')
const [data, runs = '5'] = process.argv.slice(2)
if (data === undefined) throw new Error('usage: node scripts/bench/all.mjs DATA [RUNS]')

const PERSON = 'one-by-one-person-detection.mp4'
const CARS = 'car-detection.mp4'
const PARK = 'carpark-320x240.mjpeg'
const AGREEMENT = '0.9'

/** What is run: a name for mark and files, and the command after `squint`. */
const jobs = [
  { name: 'person', args: ['bench', clip(PERSON), '--runs', runs] },
  { name: 'cars', args: ['bench', clip(CARS), '--runs', runs] },
  { name: 'park', args: ['bench', clip(PARK), '--runs', runs] },
  {
    name: 'budget',
    args: [
      'bench',
      clip(PARK),
      '--runs',
      runs,
      '--loops',
      '4',
      '--policies',
      'cascade,cascade+budget',
    ],
  },
  {
    name: 'pictures',
    args: [
      ...['bench', join(data, 'voc-dev/images'), '--labels', join(data, 'voc-dev/instances.json')],
      ...['--runs', runs],
    ],
  },
  { name: 'tune', args: ['tune', clip(PARK), '--agreement', AGREEMENT] },
]

const folder = join(root, 'docs/bench')
mkdirSync(folder, { recursive: true })
const page = join(root, 'docs/bench.md')
for (const { name, args } of jobs) {
  process.stderr.write(`${name}: squint ${args.join(' ')}\n`)
  const out = join(folder, `${name}.new`)
  const markdown = execFileSync('node', [squint, ...args, '--out', out], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 26,
  })
  const kind = args[0]
  renameSync(join(out, `${kind}.json`), join(folder, `${name}.json`))
  const chart = { pictures: 'routing', tune: 'tune' }[name] ?? 'cost'
  renameSync(join(out, `${chart}.svg`), join(folder, `${name}.svg`))
  rmSync(out, { recursive: true })
  insert(name, markdown)
}
insert(
  'gate',
  execFileSync('node', ['--expose-gc', join(root, 'scripts/bench/gate.mjs')], { encoding: 'utf8' }),
)

function clip(name) {
  return join(data, 'clips', name)
}

/** Puts a table between its marks. */
function insert(name, markdown) {
  const text = readFileSync(page, 'utf8')
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from === -1 || to === -1) throw new Error(`docs/bench.md: expected the marks of ${name}`)
  writeFileSync(
    page,
    `${text.slice(0, from + begin.length)}\n${markdown.trim()}\n${text.slice(to)}`,
  )
}
