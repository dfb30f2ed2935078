/** The rules of the house (docs/architecture.md), checked on the source text. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import t from 'tap'
import { packageRoot } from '../src/lib/package.js'

interface Import {
  readonly from: string
  readonly typeOnly: boolean
}

interface SourceFile {
  /** Path below src/. */
  readonly path: string
  readonly text: string
  readonly lines: number
  readonly imports: readonly Import[]
}

const root = join(packageRoot, 'src')

const files: readonly SourceFile[] = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.ts'))
  .map(path => {
    const text = readFileSync(join(root, path), 'utf8')
    return { path, text, lines: text.split('\n').length - 1, imports: importsOf(text) }
  })

function importsOf(text: string): Import[] {
  const statements =
    /^(?:import|export)\s+(type\s)?(?:([\w*{},$\s]*?)\s*from\s+)?['"]([^'"]+)['"]/gm
  return [...text.matchAll(statements)].map(([, type, names, from]) => ({
    from: from!,
    typeOnly: type !== undefined || onlyTypes(names ?? ''),
  }))
}

/** `import { type A, type B }` imports no value either. */
function onlyTypes(names: string): boolean {
  const list =
    /\{([^}]*)\}/
      .exec(names)?.[1]
      ?.split(',')
      .map(name => name.trim())
      .filter(Boolean) ?? []
  return list.length > 0 && list.every(name => name.startsWith('type '))
}

/** The folder below src/ that a file belongs to; a file at the top is its own. */
function stageOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : path
}

/** What of our own a file imports, as paths below src/. */
function ownImports(file: SourceFile): (Import & { readonly path: string })[] {
  return file.imports
    .filter(({ from }) => from.startsWith('.'))
    .map(found => ({
      ...found,
      path: normalize(join(dirname(file.path), found.from)).replace(/\.js$/, '.ts'),
    }))
}

/** The direction of the flow: a stage may know those before it. */
const FLOW = ['lib', 'frame', 'camera', 'cascade', 'power', 'events', 'metrics', 'outputs']
/** Vocabulary that every later stage shares as values. */
const SHARED = new Set(['lib', 'frame'])
/** So are the schemas of the configuration, as what clients change obeys the rules of the file, and what an event's id looks like. */
const SHARED_FILE = /\/config\.ts$|^events\/event\.ts$/
/** They wire the stages together. */
const WIRING = new Set([
  'main.ts',
  'pipeline.ts',
  'service',
  'cli.ts',
  'cli',
  'bench',
  'doctor',
  'config',
])
/** What runs in a browser as well, or only there. */
const IN_BROWSER = /^outputs\/(kiosk|client)\//

t.test(
  'stages import backwards along the flow, values only from the shared vocabulary',
  async t => {
    for (const file of files) {
      const stage = stageOf(file.path)
      if (WIRING.has(stage)) continue
      t.ok(FLOW.includes(stage), `${file.path} lies in a folder that the flow names`)
      for (const found of ownImports(file)) {
        const other = stageOf(found.path)
        if (other === stage) continue
        t.ok(
          FLOW.indexOf(other) >= 0 && FLOW.indexOf(other) < FLOW.indexOf(stage),
          `${file.path} imports ${found.path}, which does not come before it`,
        )
        t.ok(
          found.typeOnly || SHARED.has(other) || SHARED_FILE.test(found.path),
          `${file.path} imports a value of ${found.path}`,
        )
      }
    }
  },
)

t.test('nobody but main and service imports outputs; config takes only their schema', async t => {
  for (const file of files) {
    const stage = stageOf(file.path)
    if (stage === 'outputs' || stage === 'service' || file.path === 'main.ts') continue
    for (const { path } of ownImports(file)) {
      if (stageOf(path) !== 'outputs') continue
      t.match(`${stage} ${path}`, /^config outputs\/(\w+\/)?config\.ts$/)
    }
  }
})

t.test('the page and the client take only types from the service', async t => {
  for (const file of files.filter(({ path }) => IN_BROWSER.test(path))) {
    for (const found of ownImports(file)) {
      t.ok(found.typeOnly || IN_BROWSER.test(found.path), `${file.path} imports ${found.path}`)
    }
    t.ok(
      file.imports.every(({ from }) => from.startsWith('.')),
      `${file.path} needs no package`,
    )
  }
})

/** What exactly one file touches, and which. */
const EDGES: Readonly<Record<string, { readonly file: string; readonly sign: RegExp }>> = {
  sharp: { file: 'frame/image.ts', sign: /from 'sharp'/ },
  'our compiled code': { file: 'frame/pixels.ts', sign: /\.node\b[`']/ },
  'ONNX Runtime': { file: 'cascade/session.ts', sign: /from 'onnxruntime-node'/ },
  'node-libcamera': { file: 'camera/still.ts', sign: /'node-libcamera'/ },
  'child processes': { file: 'lib/child.ts', sign: /'node:child_process'/ },
  'the clocks': { file: 'lib/clock.ts', sign: /\bDate\b[.(]|new Date\b|\bperformance\.|hrtime/ },
  'the MQTT library': { file: 'outputs/mqtt/link.ts', sign: /from 'mqtt'/ },
  'the log library': { file: 'lib/log.ts', sign: /from 'pino'/ },
}

for (const [what, { file, sign }] of Object.entries(EDGES)) {
  t.test(`${what}: only ${file}`, async t => {
    // the page has the browser's clocks
    const touching = files.filter(({ path, text }) => !IN_BROWSER.test(path) && sign.test(text))
    t.same(
      touching.map(({ path }) => path),
      [file],
    )
  })
}

t.test('what the kernel tells of the hardware is read through power/sysfs.ts', async t => {
  const naming = files.filter(
    ({ path, text }) => path !== 'power/sysfs.ts' && /['`]\/?(sys|proc)\//.test(text),
  )
  t.ok(naming.length > 0)
  for (const { path, imports } of naming) {
    t.notOk(
      imports.some(({ from }) => from.startsWith('node:fs')),
      `${path} names such a path and opens no file itself`,
    )
  }
})

t.test(
  'files stay small: none over 300 lines, nine of ten within 200, the median within 80',
  async t => {
    const lines = files.map(file => file.lines).sort((a, b) => a - b)
    for (const file of files) t.ok(file.lines <= 300, `${file.path}: ${file.lines} lines`)
    t.ok(lines[Math.floor(lines.length * 0.9)]! <= 200)
    t.ok(
      lines[Math.floor(lines.length / 2)]! <= 80,
      `median ${lines[Math.floor(lines.length / 2)]}`,
    )
  },
)

t.test('no meter is read while bench takes times: what looks cost is believed there', async t => {
  for (const { path, text } of files.filter(({ path }) => path.startsWith('bench/')))
    t.notMatch(text, /power\/(power|meters|vcgencmd)/, path)
})

t.test('no part keeps state between its instances', async t => {
  // the page's own main is the page
  for (const { path, text } of files) {
    if (path !== 'outputs/kiosk/kiosk.ts') t.notMatch(text, /^let |^var /m, path)
  }
})

t.test('nothing escapes from the type checker', async t => {
  for (const file of files) {
    t.notMatch(
      file.text,
      /\bas any\b|: any\b|@ts-ignore|@ts-expect-error|biome-ignore|c8 ignore/,
      file.path,
    )
  }
})

/** Types only, schemas that every test of their users runs, or run in a browser or a thread of their own. */
const ELSEWHERE = new RegExp(
  `^(${[
    'camera/camera',
    'cascade/(detection|protocol|worker|config|remote/status)',
    'cli/terminal',
    'config/schema',
    'doctor/finding',
    'events/(result|event|zones|config|journal/journal)',
    'frame/frame',
    'outputs/(output|controls)',
    'outputs/http/(services|schemas(-\\w+)?|problem|mjpeg|still|body)',
    'outputs/(kiosk|client)/.*',
    'outputs/(mqtt|webhooks)/config',
    'outputs/mqtt/layer',
    'outputs/ws/upgrade',
    'power/(energy|board/board-state|picture-report|meters/meter)',
  ].join('|')})\\.ts$`,
)

t.test('tests mirror the source one to one', async t => {
  const covered = (path: string) => path.replace(/\.ts$/, '.test.ts')
  const tests = new Set(
    readdirSync(join(packageRoot, 'test'), { recursive: true, encoding: 'utf8' }),
  )
  for (const { path } of files) {
    if (!ELSEWHERE.test(path))
      t.ok(
        tests.has(covered(path)),
        `${relative(packageRoot, join(root, path))} has ${covered(path)}`,
      )
  }
})
