import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { type ChildOptions, findTool, runChild } from '../../src/lib/child.js'
import { alive, childrenOf, toolDir, until } from '../fixtures/camera.js'

const never = new AbortController().signal

/** A run of a fake camera that collects stdout as text. */
async function start(t: Test, mode: string, more: Partial<ChildOptions> = {}) {
  const dir = await toolDir(t, { tool: mode })
  const stop = new AbortController()
  const out: string[] = []
  const onStdout = async (chunk: Uint8Array) => {
    out.push(Buffer.from(chunk).toString())
  }
  const args = ['--width', '16', '--height', '16']
  const { signal } = stop
  const base = { tool: `${dir}/tool`, debian: 'test', args, signal, onStdout, killAfterMs: 100 }
  const ended = runChild({ ...base, ...more })
  return { stop, out, ended }
}

t.test('a child that ends by itself gives its exit code and the last lines of stderr', async t => {
  const { ended } = await start(t, 'chatty')
  const end = await ended
  t.equal(end.code, 0)
  t.same(
    end.stderr,
    [92, 93, 94, 95, 96, 97, 98, 99].map(line => `line ${line}`),
  )
})

t.test('long lines of stderr are cut, also one without an end', async t => {
  const { ended } = await start(t, 'fails')
  const end = await ended
  t.equal(end.code, 1)
  t.same(
    end.stderr.map(line => line.length),
    [47, 400, 400],
  )
})

t.test('arguments reach the child as they are, and no shell reads them', async t => {
  const args = ['a b', '$(id)', '; echo x', "'"]
  const { ended } = await start(t, 'argv', { args })
  t.same((await ended).stderr, [JSON.stringify(args)])
})

t.test('a tool that is not there is TOOL_MISSING and names the Debian package', async t => {
  const run = runChild({
    tool: 'no-such-tool',
    debian: 'rpicam-apps',
    args: [],
    signal: never,
    onStdout: async () => {},
  })
  await t.rejects(run, { code: 'TOOL_MISSING', message: /no-such-tool.*ENOENT.*rpicam-apps/ })
})

t.test('nothing is started for a signal that has aborted', async t => {
  const reason = new Error('too late')
  const run = start(t, 'frames', { signal: AbortSignal.abort(reason) })
  await t.rejects((await run).ended, reason)
})

t.test('an abort while the child is being started ends it', async t => {
  const { stop, ended } = await start(t, 'frames')
  stop.abort(new Error('changed my mind'))
  await t.rejects(ended, { message: 'changed my mind' })
})

t.test('abort ends a well-behaved child and rejects with the reason', async t => {
  const { stop, out, ended } = await start(t, 'frames')
  await until(() => out.length > 0)
  stop.abort(new Error('enough'))
  await t.rejects(ended, { message: 'enough' })
  t.same(childrenOf(process.pid), [])
})

t.test('a child that ignores SIGTERM is killed', async t => {
  const { stop, out, ended } = await start(t, 'stubborn')
  await until(() => out.length > 0)
  stop.abort()
  await t.rejects(ended)
  t.same(childrenOf(process.pid), [])
})

t.test('a child that closed stdout but lives ends on abort', async t => {
  const { stop, out, ended } = await start(t, 'closes')
  await until(() => out.length > 0)
  stop.abort()
  await t.rejects(ended)
  t.same(childrenOf(process.pid), [])
})

t.test('abort reaches the children of the child', async t => {
  const { stop, out, ended } = await start(t, 'parent')
  await until(() => out.length > 0)
  stop.abort()
  await t.rejects(ended)
  await until(() => !alive(Number(out.join(''))), 'the death of the grandchild')
})

t.test('what outlives its parent is killed, and does not hold the run open', async t => {
  const { out, ended } = await start(t, 'orphan')
  t.equal((await ended).code, 0)
  await until(() => !alive(Number(out.join(''))), 'the death of the orphan')
})

t.test('a grandchild that left the group cannot hold the run open after an abort', async t => {
  const { stop, out, ended } = await start(t, 'runaway')
  await until(() => out.length > 0)
  stop.abort()
  await t.rejects(ended)
  process.kill(Number(out.join('')))
})

t.test('a failing reader ends the child, and its error is the result', async t => {
  const { ended } = await start(t, 'frames', {
    async onStdout() {
      throw new Error('cannot read this')
    },
  })
  await t.rejects(ended, { message: 'cannot read this' })
  t.same(childrenOf(process.pid), [])
})

t.test('a slow reader holds the child back and loses nothing', async t => {
  let bytes = 0
  const { ended } = await start(t, 'flood', {
    async onStdout(chunk) {
      bytes += chunk.length
      await new Promise(setImmediate)
    },
  })
  await ended
  t.equal(bytes, 4_000_000)
})

t.test('stdin of a child is at its end unless it is given something to read', async t => {
  const cat = async (more: Partial<ChildOptions>) => {
    let text = ''
    const onStdout = async (chunk: Uint8Array) => {
      text += Buffer.from(chunk).toString()
    }
    const args = ['-c', 'cat']
    const end = await runChild({
      ...{ tool: 'sh', debian: 'dash', args, signal: never, onStdout },
      ...more,
    })
    return { ...end, text }
  }
  t.match(await cat({}), { code: 0, text: '' })
  t.match(await cat({ stdin: Readable.from(['to be', ' or not']) }), {
    code: 0,
    text: 'to be or not',
  })
})

t.test('what a child leaves unread is given up when it ends', async t => {
  const stdin = new PassThrough()
  stdin.write(Buffer.alloc(1_000_000))
  const args = ['-c', 'exit 3']
  const onStdout = async () => {}
  const end = await runChild({ tool: 'sh', debian: 'dash', args, signal: never, onStdout, stdin })
  t.equal(end.code, 3)
  t.equal(stdin.destroyed, true)
  stdin.write('too late, and nobody minds')
})

t.test('a child that hears only the end of its input ends soon after an abort', async t => {
  const stdin = new PassThrough()
  const { stop, out, ended } = await start(t, 'reader', { stdin, killAfterMs: 60_000 })
  await until(() => out.length > 0)
  stop.abort(new Error('enough'))
  await t.rejects(ended, { message: 'enough' })
})

t.test('fifty starts and stops leave no child, zombie or exit handler', async t => {
  const handlers = process.listenerCount('exit')
  for (let round = 0; round < 50; round += 1) {
    const stop = new AbortController()
    const { signal } = stop
    const onStdout = async () => stop.abort()
    const args = ['-c', 'echo up; sleep 1000']
    await t.rejects(runChild({ tool: 'sh', debian: 'dash', args, signal, onStdout }))
  }
  t.same(childrenOf(process.pid), [])
  t.equal(process.listenerCount('exit'), handlers)
})

t.test('a service that exits suddenly takes its children along', async t => {
  const script = fileURLToPath(new URL('../fixtures/sudden-exit.js', import.meta.url))
  const service = spawn(process.execPath, [script])
  let said = ''
  service.stdout.on('data', text => {
    said += text
  })
  const [code] = await once(service, 'close')
  t.equal(code, 7)
  t.match(said, /^\d+/)
  await until(() => !alive(Number(said)), 'the death of the child')
})

t.test('a tool is found on PATH, but not through a relative entry', async t => {
  const dir = await toolDir(t, { tool: 'argv' })
  t.equal(await findTool('tool', `relative:/nowhere:${dir}`), `${dir}/tool`)
  t.equal(await findTool('tool', 'test/fixtures'), undefined)
  t.type(await findTool('sh'), 'string')
  const { PATH } = process.env
  delete process.env.PATH
  t.teardown(() => {
    process.env.PATH = PATH
  })
  t.equal(await findTool('sh'), undefined)
})
