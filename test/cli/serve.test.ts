import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import t from 'tap'
import { serveCommand } from '../../src/cli/serve.js'
import { until } from '../fixtures/camera.js'
import { firstMatch, startProgram } from '../fixtures/program.js'
import { paperTerminal } from '../fixtures/terminal.js'

t.test('serves until it is asked to stop, then ends well', async t => {
  const folder = t.testdir({
    'squint.yaml': 'log: {level: error}\ncameras: [{id: porch, type: demo}]',
  })
  const terminal = paperTerminal()
  const serving = serveCommand(
    ['--config', `${folder}/squint.yaml`, '--port', '0', '--host', 'localhost'],
    terminal,
  )
  await until(() => terminal.outText !== '')
  const url =
    terminal.outText.match(
      /^squint serves (http:\S+)\nonly this machine can reach it; "squint token" prints/,
    )?.[1] ?? ''
  t.match(await (await fetch(`${url}/healthz`)).json(), { status: 'ok' })
  // what is wrong is told, and nothing changes
  writeFileSync(`${folder}/squint.yaml`, 'cameras: 3')
  process.emit('SIGHUP')
  const configuration = async () => (await fetch(`${url}/api/configuration`)).json()
  await until(async () => Object(await configuration()).error !== null)
  t.match(await configuration(), { error: /squint\.yaml: cameras: expected/ })
  process.emit('SIGTERM')
  t.equal(await serving, 0)
  await t.rejects(fetch(`${url}/healthz`))
})

t.test('without a configuration there is a demo', async t => {
  const terminal = paperTerminal()
  const serving = serveCommand(['--port', '0'], terminal)
  await until(() => terminal.outText !== '')
  const [, url] = /^squint serves (http:\S+)/.exec(terminal.outText)!
  t.match(await (await fetch(`${url}/api/cameras`)).json(), [{ id: 'demo' }])
  process.emit('SIGTERM')
  t.equal(await serving, 0)
})

t.test('the real program ends on SIGTERM within seconds, with a viewer watching', async t => {
  const child = startProgram('node', ['build/src/cli.js', 'serve', '--port', '0'])
  t.teardown(() => child.kill('SIGKILL'))
  child.stderr.resume()
  const [, url] = await firstMatch(child, /squint serves (http:\S+)\n/)
  const response = await fetch(`${url}/api/cameras/demo/stream.mjpeg`)
  await response.body?.getReader().read()
  const before = Date.now()
  child.kill('SIGTERM')
  const [code, signal] = await once(child, 'exit')
  t.same([code, signal], [0, null])
  t.ok(Date.now() - before < 5000)
})

t.test('a service that can no longer do its work ends with 1', async t => {
  let closed = 0
  const { serveCommand } = await t.mockImport<typeof import('../../src/cli/serve.js')>(
    import.meta.resolve('../../src/cli/serve.js'),
    {
      [import.meta.resolve('../../src/main.js')]: {
        startService: async () => ({
          url: 'http://127.0.0.1:1',
          failed: Promise.reject(new Error('the inference thread has ended')),
          close: async () => {
            closed++
          },
        }),
      },
    },
  )
  const terminal = paperTerminal()
  const folder = t.testdir({ 'squint.yaml': 'server: {token: sixteen-characters}' })
  t.equal(await serveCommand(['--config', `${folder}/squint.yaml`], terminal), 1)
  t.equal(terminal.outText, 'squint serves http://127.0.0.1:1\n', 'others can be let in already')
  t.equal(closed, 1)
})
