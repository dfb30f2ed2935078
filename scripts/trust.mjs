// What was proved by long runs, as one page: docs/trust.md, of what each of them has left in docs/trust/.
//   node scripts/trust.mjs [--check] [FOLDER]
// --check: exit code 1 if the page is not what would be written. FOLDER instead of docs.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const [folder = join(dirname(fileURLToPath(import.meta.url)), '../docs')] = process.argv
  .slice(2)
  .filter(argument => argument !== '--check')
const docs = resolve(folder)
const seconds = ms => (ms === undefined ? '-' : `${(ms / 1000).toFixed(1)} s`)
const megabytes = bytes => `${(bytes / 1e6).toFixed(1)} MB`
const tick = fine => (fine ? '✓' : '**✗**')
const sum = numbers => numbers.reduce((all, one) => all + one, 0)
const list = words => words.join(', ') || 'nothing'

/** Digests and lists, as far as one looks at them. */
const short = value => {
  const text = String(value)
  if (text === '') return 'nothing'
  return text.length > 50 ? `${text.slice(0, 12)}…` : text
}
const CHECKS = {
  check: row => row.check,
  expected: row => short(row.expected),
  found: row => short(row.found),
}

/** Which columns a proof's rows have: title -> what stands there. */
const PROOFS = {
  faults: {
    title: 'Faults',
    tells:
      'Whatever a camera does, every output is there again within 30 s of its end; what comes and goes leaves nothing behind; what is cut off while it writes is old or new, never torn.',
    parts: [
      {
        tells:
          'A camera misbehaves for 12 s, one way after the other, so that its restarts are as far apart as they get. Then: seconds until each output has something new of it; the longest that viewers of another camera waited for a frame, and anybody for an answer.',
        of: row => row.kind === 'behaviour',
        columns: {
          'a camera that': row => row.name.replace('camera: ', ''),
          WebSocket: row => seconds(row.recoveredMs['moody ws']),
          MJPEG: row => seconds(row.recoveredMs['moody mjpeg']),
          MQTT: row => seconds(row.recoveredMs.mqtt),
          webhook: row => seconds(row.recoveredMs.webhook),
          journal: row => seconds(row.recoveredMs.journal),
          'another camera': row => `${row.bystanderMs} ms`,
          HTTP: row => `${row.httpMs} ms`,
        },
      },
      {
        tells: 'What a process holds before and after, once the garbage is collected.',
        of: row => row.kind === 'cycles',
        columns: {
          'come and gone': row => `${row.turns} ${row.name}`,
          descriptors: ({ before, after }) => `${before.descriptors} -> ${after.descriptors}`,
          children: ({ before, after }) => `${before.children} -> ${after.children}`,
          'timers, sockets, pipes': ({ before, after }) =>
            [before, after].map(held => sum(Object.values(held.resources))).join(' -> '),
          memory: ({ before, after }) =>
            [before, after].map(held => megabytes(held.heapBytes)).join(' -> '),
        },
      },
      {
        tells:
          'A program that writes is ended at every step of its writing, by kill -9 and by a power cut that takes what was not synced, in turn.',
        of: row => row.kind === 'cut off',
        columns: {
          file: row => row.name,
          rounds: row => row.rounds,
          'steps of one writing': row => row.steps || '-',
          old: row => row.old,
          new: row => row.new + row.finished,
          torn: row => row.torn.length,
        },
      },
    ],
    fine: row => row.fine,
  },
  soak: {
    title: 'Soak and chaos',
    tells:
      'A service with three cameras, viewers, a broker, a receiver of webhooks and a small disk, to which something bad happens every 20 s.\n\n![Memory over time](trust/memory.svg)',
    parts: [
      {
        columns: { promise: row => row.what, limit: row => row.limit, found: row => row.found },
      },
    ],
    fine: row => row.fine,
  },
  calm: {
    title: 'Memory',
    tells:
      'The same service and viewers, and nothing bad. `sharp` without a cache and with one thread, ONNX Runtime without spinning, `MALLOC_ARENA_MAX=2`, as in the unit and the container.',
    parts: [
      {
        columns: { promise: row => row.what, limit: row => row.limit, found: row => row.found },
      },
    ],
    fine: row => row.fine,
  },
  access: {
    title: 'Who is let in',
    tells: 'Asked from another network namespace.',
    parts: [
      {
        columns: {
          asked: row => row.check,
          times: row => row.asked,
          expected: row => row.expected,
          otherwise: row => row.otherwise,
        },
      },
    ],
    fine: row => row.verdict === 'pass',
  },
  fuzz: {
    title: 'Fuzz',
    tells: 'Inputs made by chance, and made smaller when one breaks something.',
    parts: [
      {
        columns: {
          'what must hold': row => row.property,
          inputs: row => row.tried.toLocaleString('en'),
          failures: row => row.failures,
        },
      },
    ],
    fine: row => row.failures === 0,
  },
  pictures: {
    title: 'Spoilt pictures',
    tells: 'Each gets a look or a code; the inference thread and what is sound go on as before.',
    parts: [
      {
        columns: {
          picture: row => row.kind,
          spoilt: row => row.way,
          tried: row => row.tried,
          'looked at': row => row.codes.seen ?? 0,
          'refused with': row =>
            list(
              Object.keys(row.codes)
                .filter(code => code !== 'seen')
                .map(code => `\`${code}\``),
            ),
          longest: row => `${row.longestMs} ms`,
        },
      },
    ],
    fine: row => Object.keys(row.codes).every(code => /^(seen|PICTURE_\w+)$/.test(code)),
  },
  systemd: {
    title: 'systemd',
    tells:
      'How much of the system the unit exposes, of 10; 3.0 at most. The tests ask again (`test/systemd.test.ts`).',
    parts: [{ columns: { systemd: row => row.version, exposure: row => row.exposure } }],
    fine: row => row.exposure <= 3,
  },
  install: {
    title: 'Install, upgrade, remove',
    tells: 'The packages, on this machine.',
    parts: [
      {
        columns: {
          check: row => row.check,
          expected: row => row.expected,
          found: row => row.found,
        },
      },
    ],
    fine: row => row.fine,
  },
  arm: {
    title: 'The arm64 package',
    tells:
      'Unpacked, started, asked about the six photographs of the demo and stopped, under emulation. A network of 8-bit numbers gives slightly other ones on each kind of processor: where two proposals for an object are nearly as good, another may be chosen.',
    parts: [{ columns: CHECKS }],
    fine: row => row.fine,
  },
  start: {
    title: 'Start',
    tells:
      'From the call of the program, in turn with networks as they were rewritten before and without; 3 s at most to the first detection.',
    parts: [
      {
        columns: {
          start: row => row.start,
          'serves after': row =>
            `${row.servesMs.median} (${row.servesMs.least}-${row.servesMs.most}) ms`,
          'first detection after': row =>
            `${row.seenMs.median} (${row.seenMs.least}-${row.seenMs.most}) ms`,
        },
      },
    ],
    fine: row => row.seenMs.median <= 3000,
  },
}

const unknown = readdirSync(join(docs, 'trust')).filter(
  name => name.endsWith('.json') && !(name.replace('.json', '') in PROOFS),
)
if (unknown.length > 0)
  throw new Error(`docs/trust: expected nothing but what this page shows, found ${unknown}`)

/** Megabytes over minutes, of each run that says them. */
function picture(runs) {
  const [width, height, left, bottom] = [860, 240, 44, 28]
  const last = Math.max(...runs.flatMap(({ memory }) => memory.map(([second]) => second)))
  const most =
    100 * Math.ceil(Math.max(...runs.flatMap(({ memory }) => memory.map(([, mb]) => mb))) / 100)
  const x = second => left + (second / last) * (width - left - 12)
  const y = mb => height - bottom - (mb / most) * (height - bottom - 30)
  const text = (at, up, what, more = '') =>
    `<text x="${at.toFixed(1)}" y="${up.toFixed(1)}" ${more}>${what}</text>`
  const levels = Array.from({ length: most / 100 + 1 }, (_, level) => level * 100)
  const minutes = Array.from({ length: Math.floor(last / 600) + 1 }, (_, ten) => ten * 10)
  const colours = ['#c2410c', '#0369a1']
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#444">
<title>Resident memory over time</title>
<rect width="${width}" height="${height}" fill="#fff"/>
${levels.map(mb => `<path d="M${left} ${y(mb).toFixed(1)}H${width - 12}" stroke="#ddd"/>${text(left - 6, y(mb) + 4, mb, 'text-anchor="end"')}`).join('\n')}
${minutes.map(minute => text(x(minute * 60), height - 10, minute, 'text-anchor="middle"')).join('\n')}
${text(left, 16, 'MB resident, over minutes')}
${runs
  .map(
    (
      { title, memory },
      at,
    ) => `<polyline fill="none" stroke="${colours[at]}" stroke-width="1.5" points="${memory.map(([second, mb]) => `${x(second).toFixed(1)},${y(mb).toFixed(1)}`).join(' ')}"/>
${text(240 + at * 160, 16, title, `fill="${colours[at]}"`)}`,
  )
  .join('\n')}
</svg>
`
}

function table(columns, rows, fine) {
  const cells = row => Object.values(columns).map(cell => String(cell(row)).replaceAll('|', '\\|'))
  const lines = [
    ['', ...Object.keys(columns)],
    ['', ...Object.keys(columns)].map(() => '---'),
    ...rows.map(row => [tick(fine(row)), ...cells(row)]),
  ]
  return lines.map(line => `| ${line.join(' | ')} |`).join('\n')
}

const kept = Object.entries(PROOFS).filter(([name]) =>
  existsSync(join(docs, 'trust', `${name}.json`)),
)
const missing = Object.entries(PROOFS).filter(([name]) => !kept.some(([other]) => other === name))
const proofs = kept.map(([name, proof]) => {
  const { command, machine, date, rows, memory } = JSON.parse(
    readFileSync(join(docs, 'trust', `${name}.json`), 'utf8'),
  )
  if (!Array.isArray(rows) || rows.length === 0)
    throw new Error(`docs/trust/${name}.json: expected rows`)
  const { title, tells, parts, fine } = proof
  const count = rows.filter(fine).length
  const verdict = `${tick(count === rows.length)} ${count} of ${rows.length}`
  const bodies = parts.map(({ of = () => true, tells: about, columns }) =>
    [about ?? [], table(columns, rows.filter(of), fine)].flat().join('\n\n'),
  )
  const ran = `\`${command}\`, ${date.slice(0, 10)}, ${machine}`
  return {
    ...{ title, memory },
    line: `| [${title}](#${title.toLowerCase().replaceAll(',', '').replaceAll(' ', '-')}) | ${verdict} | \`${command}\` |`,
    section: [`## ${title}`, tells, ...bodies, ran].join('\n\n'),
  }
})

const page = `# What was proved

Written by \`node scripts/trust.mjs\` of what the long runs have left in [docs/trust](trust); no line by hand. \`scripts/slow\` repeats them
all. What \`scripts/test\` proves with every change, class by class, is in [SECURITY.md](../SECURITY.md).

| proof | fine | command |
|---|---|---|
${[...proofs.map(({ line }) => line), ...missing.map(([, { title }]) => `| ${title} | not shown yet | |`)].join('\n')}

${proofs.map(({ section }) => section).join('\n\n')}
`

const written = {
  'trust.md': page,
  'trust/memory.svg': picture(proofs.filter(({ memory }) => memory !== undefined)),
}
for (const [name, text] of Object.entries(written)) {
  const path = join(docs, name)
  if (!process.argv.includes('--check')) writeFileSync(path, text)
  else if (readFileSync(path, 'utf8') !== text) {
    process.stderr.write(`docs/${name} is not what node scripts/trust.mjs would write\n`)
    process.exitCode = 1
  }
}
