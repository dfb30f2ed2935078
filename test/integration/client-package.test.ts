/** The examples in docs/websocket.md, as a program of somebody else would have them. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { packageRoot } from '../../src/lib/package.js'
import { until } from '../fixtures/camera.js'
import { runProgram } from '../fixtures/program.js'
import { resultFixture } from '../fixtures/result.js'
import { jpegPicture, serveSockets } from '../fixtures/socket-service.js'

const text = readFileSync(join(packageRoot, 'docs/websocket.md'), 'utf8')
const [inNode = '', inBrowser = ''] = [...text.matchAll(/```ts\n(.*?)```/gs)].map(
  ([, code]) => code,
)

/** A package that has ours among its dependencies. */
function consumer(t: Test, name: string, code: string): string {
  const folder = t.testdir({ 'package.json': '{"type":"module"}', [name]: code })
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '@types'), { recursive: true })
  symlinkSync(packageRoot, join(modules, 'squint'))
  for (const dependency of ['ws', '@types/ws', '@types/node']) {
    symlinkSync(join(packageRoot, 'node_modules', dependency), join(modules, dependency))
  }
  return folder
}

/** Everything is checked, the declarations of the client too. */
async function check(t: Test, file: string, ...flags: string[]): Promise<void> {
  const strict = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--exactOptionalPropertyTypes',
    '--skipLibCheck',
    'false',
  ]
  const modules = ['--target', 'es2023', '--module', 'nodenext']
  const tsc = join(packageRoot, 'node_modules/.bin/tsc')
  const { code, stdout } = await runProgram(tsc, [...strict, ...modules, ...flags, file])
  t.equal(code, 0, stdout)
}

t.test('the one for Node has types without a browser, and runs', async t => {
  const { camera, hub, live, url } = await serveSockets(t)
  const code = inNode.replace('http://localhost:8080', url)
  t.not(code, inNode)
  const folder = consumer(t, 'watch.ts', code)
  await check(t, join(folder, 'watch.ts'), '--lib', 'es2023', '--types', 'node,ws')
  writeFileSync(join(folder, 'watch.js'), code)
  const child = spawn('node', ['watch.js'], { cwd: folder, env: { PATH: process.env.PATH } })
  let complaints = ''
  child.stderr.on('data', chunk => {
    complaints += chunk
  })
  const ended = once(child, 'exit')
  await until(() => live.status().viewers === 1)
  const { frame } = resultFixture()
  camera.push(jpegPicture(10))
  hub.publish(resultFixture({ frame: { ...frame, id: 1 } }))
  t.same(await ended, [0, null], complaints)
  t.ok(existsSync(join(folder, 'seen.jpeg')))
})

t.test('the one for a page has types in a browser', async t => {
  const folder = consumer(
    t,
    'page.ts',
    inBrowser.replace('./client/squint-client.js', 'squint/client'),
  )
  await check(t, join(folder, 'page.ts'), '--lib', 'es2023,dom,dom.iterable', '--types', 'node')
})
