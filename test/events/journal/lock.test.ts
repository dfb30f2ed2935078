import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { nodeDisk } from '../../../src/events/journal/disk.js'
import { takeLock } from '../../../src/events/journal/lock.js'
import { firstMatch, startProgram } from '../../fixtures/program.js'

/** Short: a socket's path has its limits. */
function shortFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'squint-lock-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  return folder
}

t.test('one at a time', async t => {
  const folder = shortFolder(t)
  const lock = await takeLock(nodeDisk, folder)
  await t.rejects(takeLock(nodeDisk, folder), {
    code: 'STATE_UNWRITABLE',
    message: `another service keeps its events in ${folder}: expected a folder of its own`,
  })
  await lock.release()
  t.notOk(existsSync(join(folder, 'lock')))
  const next = await takeLock(nodeDisk, folder)
  await next.release()
})

t.test('another process is noticed while it lives, and not a moment longer', async t => {
  const folder = shortFolder(t)
  const script = `require('net').createServer(s => s.destroy()).listen(${JSON.stringify(join(folder, 'lock'))}, () => console.log('there'))`
  const child = startProgram('node', ['-e', script])
  await firstMatch(child, /there/)
  await t.rejects(takeLock(nodeDisk, folder), { code: 'STATE_UNWRITABLE' })
  child.kill('SIGKILL')
  await new Promise(resolve => child.once('close', resolve))
  t.ok(existsSync(join(folder, 'lock')), 'it was cut off')
  const lock = await takeLock(nodeDisk, folder)
  t.ok(await lock.held())
  await lock.release()
})

t.test('it is noticed when the folder is another one', async t => {
  const folder = shortFolder(t)
  const lock = await takeLock(nodeDisk, folder)
  renameSync(join(folder, 'lock'), join(folder, 'away'))
  t.notOk(await lock.held())
  writeFileSync(join(folder, 'lock'), '')
  t.notOk(await lock.held())
  await lock.release()
})

t.test('whoever does not let us ask is there', async t => {
  const folder = shortFolder(t)
  // a path through a file: asking fails otherwise than at a socket that nobody listens to
  const odd = { ...nodeDisk, identity: async () => 'somebody' }
  await t.rejects(takeLock(odd, join(folder, 'gone')), { code: 'STATE_UNWRITABLE' })
})

t.test('where there can be no socket it stands in the folder for temporary files', async t => {
  const folder = join(shortFolder(t), 'x'.repeat(120))
  mkdirSync(folder)
  const lock = await takeLock(nodeDisk, folder)
  t.notOk(existsSync(join(folder, 'lock')))
  await t.rejects(takeLock(nodeDisk, folder), { code: 'STATE_UNWRITABLE' })
  t.ok(await lock.held())
  await lock.release()
})

t.test('where there can be none at all nothing is guarded', async t => {
  const temporary = process.env.TMPDIR
  t.teardown(() => {
    if (temporary === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = temporary
  })
  process.env.TMPDIR = '/sys/nonexistent'
  const lock = await takeLock(nodeDisk, '/sys/nonexistent')
  t.ok(await lock.held())
  await lock.release()
})
