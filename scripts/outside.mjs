// Who is let in: the real service with tokens, asked by curl from another network namespace, route by route.
//   bash scripts/build && node scripts/outside.mjs [RESULT.json]
// Needs root, ip and curl. Exit code 1 if any answer is another than expected; the result is written to docs/trust/access.json.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const result = resolve(process.argv[2] ?? join(root, 'docs/trust/access.json'))
const token = 'the-token-of-the-admin-0123456789'
const viewerToken = 'the-token-of-a-viewer-0123456789'
const space = `squint-${process.pid}`
const [inside, outside] = [`sq${process.pid}a`, `sq${process.pid}b`]
/** Ours, and two of a network that this machine is in as well. */
const [here, there, elsewhere] = ['10.77.7.1', '10.77.7.2', '10.77.7.3']

const ip = (...args) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'inherit'] })

function openSpace() {
  ip('netns', 'add', space)
  ip('link', 'add', inside, 'type', 'veth', 'peer', 'name', outside, 'netns', space)
  ip('addr', 'add', `${here}/24`, 'dev', inside)
  ip('link', 'set', inside, 'up')
  for (const address of [there, elsewhere])
    ip('-n', space, 'addr', 'add', `${address}/24`, 'dev', outside)
  ip('-n', space, 'link', 'set', outside, 'up')
}

function closeSpace() {
  for (const command of [
    ['link', 'del', inside],
    ['netns', 'del', space],
  ]) {
    try {
      ip(...command)
    } catch {
      // it was not made
    }
  }
}

/** The status of one request from outside; 000: no answer. A body that never ends is cut. */
function curl(port, path, { method = 'GET', from = there, headers = [] } = {}) {
  const args = ['netns', 'exec', space, 'curl', '-s', '--path-as-is', '--max-time', '5']
  args.push('--interface', from, ...(method === 'HEAD' ? ['-I'] : ['-X', method]))
  for (const header of headers) args.push('-H', header)
  args.push('-o', '/dev/null', '-w', '%{http_code}', `http://${here}:${port}${path}`)
  try {
    return execFileSync('ip', args, { encoding: 'utf8' })
  } catch (error) {
    return `${error.stdout}`
  }
}

const rows = []

/** Asks for all of these and holds the answers against what is expected. */
function check(what, expected, answers) {
  const wrong = answers.filter(({ status }) => !expected.includes(status))
  rows.push({
    check: what,
    asked: answers.length,
    expected: expected.join(' or '),
    otherwise: wrong.map(({ asked, status }) => `${asked}: ${status}`).join(', ') || 'none',
    verdict: wrong.length === 0 && answers.length > 0 ? 'pass' : 'FAIL',
  })
}

const folder = mkdtempSync(join(tmpdir(), 'squint-outside-'))
const config = join(folder, 'squint.yaml')
writeFileSync(
  config,
  `server: { host: 0.0.0.0, port: 0, token: ${token}, viewerToken: ${viewerToken} }
cameras: [{ id: demo, type: demo }]
log: { level: error }
`,
)
const service = spawn('node', ['build/src/cli.js', 'serve', '--config', config], {
  cwd: root,
  env: { ...process.env, XDG_STATE_HOME: folder },
  stdio: ['ignore', 'pipe', 'inherit'],
})
try {
  openSpace()
  const [said] = await once(service.stdout, 'data')
  const port = Number(/:(\d+)\n/.exec(String(said))?.[1])
  const bearer = given => [`Authorization: Bearer ${given}`]
  const description = await fetch(`http://127.0.0.1:${port}/openapi.json`, {
    headers: { Authorization: `Bearer ${token}` },
  })
  const { paths } = await description.json()
  const routes = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map(method => ({
      method: method.toUpperCase(),
      path: path.replace('{id}', 'demo').replace('{name}', 'scout'),
    })),
  )
  const files = readdirSync(join(root, 'build/src/outputs/kiosk')).filter(name =>
    /\.(html|css|js)$/.test(name),
  )
  const ask = (asked, options) =>
    asked.map(({ method, path }) => ({
      asked: `${method} ${path}`,
      status: curl(port, path, { method, ...options }),
    }))
  const get = list => list.map(path => ({ method: 'GET', path }))
  const isHealth = ({ path }) => path === '/healthz' || path === '/readyz'
  const guarded = routes.filter(route => !isHealth(route))

  check('health, without a token', ['200', '503'], ask(routes.filter(isHealth)))
  check('every other route, without a token', ['401'], ask(guarded))
  check(
    'the same with HEAD',
    ['401'],
    ask(
      guarded
        .filter(({ method }) => method === 'GET')
        .map(({ path }) => ({ method: 'HEAD', path })),
    ),
  )
  check(
    'pages and their files',
    ['401'],
    ask(get(['/', '/docs', '/docs/swagger-ui.css', ...files.map(file => `/${file}`)])),
  )
  check(
    'paths that are none, and other spellings of those that are',
    ['401'],
    ask(
      get([
        ...[
          '/nothing',
          '/api',
          '/api/',
          '/api/cameras/',
          '//api/cameras',
          '/api//cameras',
          '/API/cameras',
        ],
        ...[
          '/api/cameras%2f',
          '/%61pi/cameras',
          '/api%2fcameras',
          '/api/%2e%2e/api/cameras',
          '/./api/cameras',
        ],
        ...[
          '/healthz/',
          '/healthz/../api/cameras',
          '/healthz%2f..%2fapi%2fcameras',
          '/healthz;/api/cameras',
        ],
        ...[
          '/healthz%00',
          '//healthz',
          '/readyz/..;/metrics',
          '/api/cameras?token=x',
          '/%2e%2e/%2e%2e/etc/passwd',
        ],
      ]),
    ),
  )
  const claims = ['X-Forwarded-For: 127.0.0.1', 'Forwarded: for=127.0.0.1', 'X-Real-IP: 127.0.0.1']
  claims.push('X-Remote-User: admin', 'X-Original-URL: /healthz', 'X-Forwarded-Host: localhost')
  check(
    'every route, with headers that claim to be trusted',
    ['401'],
    ask(guarded, { headers: claims }),
  )
  check(
    'an upgrade to a WebSocket without a token',
    ['401'],
    ask(get(['/api/ws', '/api/ws?src=demo']), {
      headers: [
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
      ],
    }),
  )
  check(
    'every route by the name of another site',
    ['421'],
    ask(routes, { headers: ['Host: evil.example'] }),
  )

  const changing = routes.filter(({ method }) => ['PUT', 'PATCH', 'DELETE'].includes(method))
  const configuration = { method: 'GET', path: '/api/configuration' }
  check(
    'what changes something or tells the configuration, as a viewer',
    ['403'],
    ask([...changing, configuration], { headers: bearer(viewerToken) }),
  )
  const still = [
    '/api/access',
    '/api/cameras',
    '/api/cameras/demo/drawing',
    '/api/events',
    '/api/stats',
    '/metrics',
    '/',
    '/docs',
  ]
  check(
    'what shows something, as a viewer',
    ['200'],
    ask(get(still), { headers: bearer(viewerToken) }),
  )
  check(
    'the configuration, as the admin',
    ['200'],
    ask([configuration], { headers: bearer(token) }),
  )

  const cameras = get(['/api/cameras'])
  const guesses = Array.from({ length: 10 }, (_, guess) =>
    ask(cameras, { headers: bearer(`guess-${guess}`) }),
  )
  check('ten wrong tokens', ['401'], guesses.flat())
  check(
    'after them the right one, from the same address',
    ['429'],
    ask(cameras, { headers: bearer(token) }),
  )
  check('from another address', ['200'], ask(cameras, { headers: bearer(token), from: elsewhere }))
  check('health, from the first one', ['200', '503'], ask(get(['/healthz', '/readyz'])))
} finally {
  service.kill('SIGTERM')
  await once(service, 'exit')
  closeSpace()
  rmSync(folder, { recursive: true })
}

for (const { verdict, check, asked, expected, otherwise } of rows) {
  process.stdout.write(
    `${verdict}  ${check}: ${asked} asked, ${expected} expected, otherwise: ${otherwise}\n`,
  )
}
mkdirSync(dirname(result), { recursive: true })
const machine = `${cpus().length}-core ${cpus()[0].model.trim()}, Node ${process.versions.node}`
const written = {
  command: 'node scripts/outside.mjs',
  machine,
  date: new Date().toISOString(),
  rows,
}
writeFileSync(result, `${JSON.stringify(written, null, 2)}\n`)
if (rows.some(({ verdict }) => verdict !== 'pass')) process.exitCode = 1
