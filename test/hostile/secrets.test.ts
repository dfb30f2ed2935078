/** A secret in every place where one can stand, and everything driven that tells people something: none shows. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { packageRoot } from '../../src/lib/package.js'
import { startBroker } from '../fixtures/broker.js'
import { until } from '../fixtures/camera.js'

const TOKEN = 'HUSH-of-more-than-sixteen-letters'
const HUSH = /HUSH/i

/** Something that answers everything with what it was asked, at length. */
async function startEcho(t: Test): Promise<string> {
  const server = createServer((request, response) => {
    const { headers, url } = request
    response.writeHead(401, { 'content-type': 'text/plain' })
    response.end(`denied: ${headers.authorization} ${url} ${JSON.stringify(headers)}`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The built program with this configuration, and all that it has printed. */
function start(t: Test, folder: string, ...args: string[]) {
  const environment = { PATH: process.env.PATH, STATE_DIRECTORY: join(folder, 'state') }
  mkdirSync(environment.STATE_DIRECTORY, { recursive: true })
  const child = spawn('node', ['build/src/cli.js', ...args], { cwd: packageRoot, env: environment })
  const printed = { text: '' }
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', data => {
      printed.text += data
    })
  }
  t.teardown(() => child.kill('SIGKILL'))
  return { child, printed }
}

t.test(
  'log, interface, broker and doctor tell no secret of a service of which nothing works',
  {
    timeout: 110_000,
  },
  async t => {
    const echo = await startEcho(t)
    const broker = await startBroker(t)
    const listener = await broker.listen()
    const folder = join(broker.folder, 'service')
    mkdirSync(folder)
    const file = join(folder, 'squint.yaml')
    const config = {
      server: { port: 0, token: TOKEN },
      log: { level: 'debug' },
      cameras: [
        { id: 'gone', type: 'ffmpeg', input: `rtsp://user:HUSH@127.0.0.1:1/HUSH?pwd=HUSH` },
        { id: 'page', type: 'ffmpeg', input: `http://me:HUSH@${echo}/HUSH/a.mjpg?password=HUSH` },
        { id: 'tls', type: 'ffmpeg', input: `https://me:HUSH@${echo}/HUSH` },
        { id: 'name', type: 'ffmpeg', input: `rtsp://nowhere.invalid/user=admin_password=HUSH` },
        { id: 'demo', type: 'demo', fps: 2 },
      ],
      cascade: { expert: { remote: `http://${echo}/models`, model: 'big', token: 'HUSH/+ word' } },
      mqtt: { url: broker.url, username: 'squint', password: 'HUSH' },
      webhooks: [
        { url: `http://me:HUSH@${echo}/HUSH?key=HUSH`, secret: 'HUSH that is long enough' },
        { url: 'http://127.0.0.1:1/HUSH' },
        { url: 'https://nowhere.invalid/HUSH' },
      ],
      events: { labels: { person: { minSeconds: 0 } } },
    }
    const write = (content: object | string) =>
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
    write(config)
    const { child, printed } = start(t, folder, 'serve', '--config', file)
    await until(() => printed.text.includes('squint serves http'), 'the start')
    const [, url] = /squint serves (http:\S+)/.exec(printed.text)!
    const headers = { Authorization: `Bearer ${TOKEN}` }
    const told: string[] = []
    const ask = async (path: string, init: RequestInit = {}): Promise<string> => {
      const response = await fetch(url + path, { headers, redirect: 'manual', ...init })
      const text = `${JSON.stringify([...response.headers])} ${await response.text()}`
      told.push(`${path}: ${text}`)
      return text
    }
    const stats = async () => JSON.parse((await ask('/api/stats')).replace(/^.*?\]\] /, ''))
    await until(
      async () => /"delivered":0,"failed":[1-9]/.test(JSON.stringify(await stats())),
      'a webhook',
    )
    await until(async () => JSON.stringify(await stats()).includes('REMOTE_FAILED'), 'an expert')
    await until(async () => {
      const cameras = await ask('/api/cameras')
      return [...cameras.matchAll(/"state":"waiting"/g)].length >= 4
    }, 'four cameras that fail')

    // what clients get wrong
    for (const path of [
      '/',
      '/api/nothing',
      '/api/cameras/x',
      '/metrics',
      '/openapi.json',
      '/readyz',
    ])
      await ask(path)
    for (const path of ['/api/streams', '/api/events', '/api/budget', '/api/configuration'])
      await ask(path)
    await ask('/api/cameras/gone/frame.jpeg')
    await ask('/api/cameras', { headers: { Authorization: 'Bearer wrong' } })
    await ask('/api/budget', { method: 'PATCH', body: '{"watts":"x"}' })

    // what its owner gets wrong
    for (const wrong of [
      { ...config, server: { port: 0, token: 'HUSH' } },
      { ...config, server: 'token=HUSH' },
      { ...config, mqtt: 'mqtt://me:HUSH@broker' },
      { ...config, mqtt: { ...config.mqtt, url: 'mqtt://me:HUSH@broker' } },
      { ...config, mqtt: { ...config.mqtt, password: ['HUSH'] } },
      { ...config, mqtt: { url: broker.url, 'password:HUSH': null } },
      { ...config, webhooks: ['https://example.org/HUSH'] },
      { ...config, webhooks: [{ url: 'example.org/HUSH' }] },
      { ...config, webhooks: [{ url: 'http://example.org', secret: 'HUSH' }] },
      { ...config, cameras: ['rtsp://me:HUSH@host'] },
      { ...config, cameras: [{ id: 'a', type: 'ffmpeg', input: 'exec:cat HUSH@host' }] },
      { ...config, cascade: { expert: { remote: 'http://me:HUSH@host', model: 'm' } } },
      'mqtt: {url: mqtt://b, password: *HUSH}',
      'mqtt: {url: mqtt://b, password: !HUSH x, x: 1}',
      'server:\n  token: |HUSH\n',
    ]) {
      write(wrong)
      child.kill('SIGHUP')
      await until(
        async () => !(await ask('/api/configuration')).includes('"error":null'),
        'a refusal',
      )
      write(config)
      child.kill('SIGHUP')
      await until(
        async () => (await ask('/api/configuration')).includes('"error":null'),
        'a mending',
      )
    }
    write({ ...config, server: { port: 0, token: 'HUSH' } })
    const doctor = start(t, folder, 'doctor', '--config', file, '--json')
    await once(doctor.child, 'close')
    t.match(doctor.printed.text, /server\.token: expected at least 16 characters/)
    const refused = start(t, folder, 'serve', '--config', file)
    await once(refused.child, 'close')
    t.match(refused.printed.text, /server\.token: expected at least 16 characters/)

    child.kill('SIGTERM')
    await once(child, 'close')
    t.match(printed.text, /"msg":"camera broke, will try again"/)
    t.match(printed.text, /"msg":"the expert on the server is not asked"/)
    t.match(printed.text, /"msg":"the configuration stays as it was"/)
    t.match(printed.text, /webhook/)
    for (const text of [
      ...told,
      ...printed.text.split('\n'),
      doctor.printed.text,
      refused.printed.text,
    ])
      if (HUSH.test(text)) t.fail(text.slice(0, 2000))
    for (const { topic, text } of listener.heard)
      if (HUSH.test(topic + text)) t.fail(`${topic}: ${text.slice(0, 500)}`)
    t.ok(told.length > 50 && listener.heard.length > 5)
  },
)
