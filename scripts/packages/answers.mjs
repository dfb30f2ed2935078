// What an installed service answers, asked from its own machine.

import { eventually } from './machine.mjs'

const START_MS = 30_000
/** In the container: the pictures of the demo, which are in the package. */
const PHOTO = '/usr/lib/squint/node_modules/@vladmandic/face-api/demo/sample1.jpg'
/** What a doctor on the board may not find fault with. */
const EXAMINED = ['libraries', 'models', 'configuration', 'port']
/** Loads every module of the service but those that are a program, a thread or a page. */
const LOAD_ALL = `
import { readdirSync } from "node:fs"
const home = "/usr/lib/squint/build/src/"
const names = readdirSync(home, { recursive: true }).filter(name => name.endsWith(".js") && !/^(cli|cascade.worker|outputs.(kiosk|docs).*)\\.js$/.test(name))
const failures = []
for (const name of names) await import(home + name).catch(error => failures.push(name + ": " + error.message))
console.log(names.length > 100 ? failures.join("; ") || "none" : "no modules")`

const json = ({ stdout }) => {
  try {
    return JSON.parse(stdout)
  } catch {
    return undefined // nobody answers yet
  }
}

/** Asks the service at `port` of a machine. */
export function service({ root, sh, curl }, port) {
  const url = path => `http://127.0.0.1:${port}${path}`
  const get = path => curl(url(path))
  const status = async path =>
    (await curl('--output', '/dev/null', '--write-out', '%{http_code}', url(path))).stdout
  /** How many objects the demo shows, as soon as there are any. */
  const detections = () =>
    eventually(async () => {
      const found = json(await get('/api/cameras/demo/detections?waitMs=1000'))?.detections?.length
      return found > 0 ? found : undefined
    }, START_MS)
  const events = async () => (json(await get('/api/events'))?.events ?? []).map(({ id }) => id)
  return {
    status,
    detections,
    events,
    /** The ids of events, as soon as there are any. */
    firstEvents: () =>
      eventually(async () => {
        const ids = await events()
        return ids.length > 0 ? ids : undefined
      }, START_MS),

    /** Rows: is everything that a service needs in the package? */
    async rows(name) {
      const pages = ['/', '/docs']
      const files = ['/kiosk.js']
      for (const page of pages) {
        const { stdout } = await get(page)
        files.push(
          ...[...stdout.matchAll(/(?:src|href)="([^#"]+\.(?:css|js))"/g)].map(
            ([, file]) => `/${file.replace(/^\//, '')}`,
          ),
        )
      }
      const paths = [
        ...pages,
        ...files,
        '/metrics',
        '/openapi.json',
        '/healthz',
        '/readyz',
        '/api/stats',
        '/api/cameras/demo/frame.jpeg',
      ]
      const bad = []
      for (const path of paths) if ((await status(path)) !== '200') bad.push(path)
      const people = json(
        await curl('--data-binary', `@${root}${PHOTO}`, url('/api/detect?depth=expert')),
      )
      const upgrade = await curl(
        '--include',
        '--max-time',
        '2',
        '--header',
        'Connection: Upgrade',
        '--header',
        'Upgrade: websocket',
        '--header',
        'Sec-WebSocket-Version: 13',
        '--header',
        'Sec-WebSocket-Key: c3F1aW50c3F1aW50c3F1aQ==',
        url('/api/ws'),
      )
      const doctor = await sh(
        'cd /tmp && runuser -u squint -- squint doctor --json --config /etc/squint/squint.yaml',
      )
      const well = (json(doctor)?.findings ?? [])
        .filter(({ state, subject }) => state === 'well' && EXAMINED.includes(subject))
        .map(({ subject }) => subject)
      const detect = await sh(`XDG_STATE_HOME=/tmp squint detect --json ${PHOTO}`)
      const token = await sh('squint token')
      const modules = await sh(`node --input-type=module -e '${LOAD_ALL}'`)
      return [
        [
          `${name}: pages, their files and what programs ask (${paths.length} paths)`,
          'all 200',
          bad.join(' ') || 'all 200',
        ],
        [
          `${name}: POST /api/detect finds people`,
          '> 0',
          people?.detections?.length ?? 0,
          people?.detections?.length > 0,
        ],
        [`${name}: WebSocket`, 'HTTP/1.1 101 Switching Protocols', upgrade.stdout.split('\r\n')[0]],
        [`${name}: the doctor finds well`, EXAMINED.join(' '), well.join(' ')],
        [`${name}: squint detect`, 0, detect.code],
        [`${name}: squint token`, 0, token.code],
        [
          `${name}: modules that cannot be loaded`,
          'none',
          modules.stdout.trim() || modules.stderr.trim(),
        ],
      ]
    },
  }
}
