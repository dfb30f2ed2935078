import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { type Disk, nodeDisk } from '../../../src/events/journal/disk.js'
import { cpuMs, isoTime, monotonicMs } from '../../../src/lib/clock.js'
import {
  change,
  EPOCH_MS,
  idsOf,
  jpegOf,
  LASTING,
  numbered,
  openTest,
  until,
} from '../../fixtures/journal.js'
import { runProgram, startProgram } from '../../fixtures/program.js'

const idOf = (number: number) => numbered(number).id

t.test('events and pictures are there after a restart', async t => {
  const folder = t.testdir({})
  const first = await openTest(t, { folder })
  first.journal.add(change(numbered(1, LASTING)))
  first.journal.add(change(numbered(2)))
  await first.journal.keepSnapshot(idOf(2), jpegOf('two'))
  t.match(first.journal.status(), { events: 2, open: 1, unwritten: 0, damaged: 0, error: null })
  await first.journal.close()
  await first.journal.close()

  const { journal, errors } = await openTest(t, { folder })
  t.same(idsOf(journal), [idOf(2), idOf(1)])
  const { updatedAt } = numbered(1)
  t.same(journal.find(idOf(1)), numbered(1, { endedAt: updatedAt, endedBy: 'restart' }))
  t.same(journal.find(idOf(2)), numbered(2, { hasSnapshot: true }))
  t.equal(journal.find('nobody-knows'), undefined)
  t.same(await journal.snapshot(idOf(2)), jpegOf('two'))
  t.equal(await journal.snapshot(idOf(1)), undefined)
  t.equal(await journal.snapshot('../../etc/passwd'), undefined)
  t.ok((journal.status().bytes ?? 0) > 2000)
  t.same(errors, [])
})

t.test('a picture is only said to be there if it is', async t => {
  const { journal } = await openTest(t)
  journal.add(change(numbered(1, { hasSnapshot: true })))
  t.equal(journal.find(idOf(1))?.hasSnapshot, false)
  await journal.keepSnapshot(idOf(1), jpegOf('a'))
  t.equal(journal.list({ limit: 1 }).events[0]?.hasSnapshot, true)
})

t.test('pages follow each other', async t => {
  const { journal } = await openTest(t)
  for (let number = 1; number <= 5; number++) journal.add(change(numbered(number)))
  const pages: (string | null)[][] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const { events, next } = journal.list({ limit: 2, cursor })
    pages.push(events.map(({ id }) => id))
    cursor = next
  }
  t.same(pages, [[idOf(5), idOf(4)], [idOf(3), idOf(2)], [idOf(1)]])
})

t.test('without a folder it works in memory, and that is no error', async t => {
  const { journal, errors } = await openTest(t, { maxEvents: 60 })
  for (let number = 0; number < 70; number++) {
    journal.add(change(numbered(number)))
    await journal.keepSnapshot(idOf(number), jpegOf('a'))
  }
  t.equal(journal.list({ limit: 100 }).events.length, 60)
  const pictured = journal.list({ limit: 100 }).events.filter(({ hasSnapshot }) => hasSnapshot)
  t.equal(pictured.length, 50, 'the newest pictures')
  t.match(journal.status(), { events: 60, bytes: null, unwritten: 0, error: null })
  t.same(errors, [])
})

t.test('pictures can be left out, and ids that are none', async t => {
  const folder = t.testdir({})
  const { journal, errors } = await openTest(t, { folder, snapshots: false })
  journal.add(change(numbered(1)))
  await journal.keepSnapshot(idOf(1), jpegOf('a'))
  t.equal(journal.find(idOf(1))?.hasSnapshot, false)
  journal.add(change(numbered(2, { id: '../../etc/passwd' })))
  t.same([journal.status().events, errors.length], [1, 1])
  await journal.close()
  const second = await openTest(t, { folder })
  await second.journal.keepSnapshot('../../etc/passwd', jpegOf('a'))
  t.same(readdirSync(join(folder, 'snapshots')), [])
})

t.test('never more than the bounds allow, the oldest go, for good', async t => {
  const folder = t.testdir({})
  const { journal } = await openTest(t, { folder, maxEvents: 10 })
  for (let number = 1; number <= 30; number++) {
    journal.add(change(numbered(number)))
    await journal.keepSnapshot(idOf(number), jpegOf('a'))
  }
  const kept = Array.from({ length: 10 }, (_, index) => idOf(30 - index))
  t.same(idsOf(journal), kept)
  await journal.close()
  t.same(readdirSync(join(folder, 'snapshots')).sort(), kept.map(id => `${id}.jpeg`).sort())
  const second = await openTest(t, { folder })
  t.same(idsOf(second.journal), kept)
})

t.test('never more bytes than are allowed', async t => {
  const folder = t.testdir({})
  const maxBytes = 1e6
  const { journal } = await openTest(t, { folder, maxBytes, maxEvents: 100_000 })
  let most = 0
  for (let number = 1; number <= 100; number++) {
    for (let moves = 0; moves < 5; moves++) journal.add(change(numbered(number, { moves })))
    await journal.keepSnapshot(idOf(number), jpegOf('a', 30_000))
    most = Math.max(most, journal.status().bytes ?? 0)
  }
  t.ok(most <= maxBytes && most > 0.8 * maxBytes, `${most} bytes`)
  await journal.keepSnapshot(idOf(100), jpegOf('huge', 300_000))
  t.same(await journal.snapshot(idOf(100)), jpegOf('a', 30_000), 'larger than its share')
  await journal.close()
  const onDisk = (path: string) =>
    readdirSync(path).reduce((sum, name) => sum + readFileSync(join(path, name)).length, 0)
  t.ok(onDisk(join(folder, 'snapshots')) < maxBytes)
})

t.test('what is too old goes, as soon as the clock can be believed', async t => {
  let wall = EPOCH_MS
  let up = 0
  const clocks = { now: () => wall, uptime: () => up }
  const { journal } = await openTest(t, { ...clocks, maxDays: 1, pace: { checkMs: 2 } })
  const soon = isoTime(EPOCH_MS + 20 * 3_600_000)
  journal.add(change(numbered(1)))
  journal.add(change(numbered(2, { startedAt: soon, updatedAt: soon, endedAt: soon })))
  await sleep(20)
  wall += 30 * 3_600_000
  await sleep(20)
  t.equal(journal.status().events, 2)
  wall += 3_600_000
  up += 3_600_000
  await until(() => journal.status().events === 1)
  t.same(idsOf(journal), [idOf(2)])
})

t.test('a bad folder is no reason to fail: it works in memory until the disk is there', async t => {
  const parent = t.testdir({ disk: 'a file where a folder should be' })
  const folder = join(parent, 'disk/events')
  const { journal, errors } = await openTest(t, { folder })
  t.match(journal.status(), { events: 0, bytes: null, error: /ENOTDIR|EEXIST/ })
  journal.add(change(numbered(1, LASTING)))
  journal.add(change(numbered(2)))
  await journal.keepSnapshot(idOf(2), jpegOf('two'))
  t.match(journal.find(idOf(2)), { hasSnapshot: true })
  t.equal(journal.status().unwritten, 3)
  t.match(errors[0], { code: 'STATE_UNWRITABLE' })
  rmSync(join(parent, 'disk'))
  await until(() => journal.status().error === null)
  t.match(journal.status(), { events: 2, open: 1, unwritten: 3 })
  await until(() => existsSync(join(folder, `snapshots/${idOf(2)}.jpeg`)))
  await journal.close()
  const second = await openTest(t, { folder })
  t.same(idsOf(second.journal), [idOf(2), idOf(1)])
  t.same(await second.journal.snapshot(idOf(2)), jpegOf('two'))
})

t.test(
  'a disk that does not answer is not waited for, neither at the start nor at the end',
  async t => {
    const folder = t.testdir({})
    const disk: Disk = { ...nodeDisk, makeFolder: () => new Promise(() => {}) }
    const { journal, errors } = await openTest(t, { folder, disk, pace: { patienceMs: 20 } })
    t.match(errors, [{ message: `${folder} does not answer` }])
    journal.add(change(numbered(1)))
    t.match(journal.status(), { events: 1, bytes: null, error: 'it has not answered yet' })
    await journal.close()
  },
)

t.test('nobody waits for a disk that no longer answers, and the picture is there', async t => {
  const folder = t.testdir({})
  const disk: Disk = { ...nodeDisk, write: () => new Promise(() => {}) }
  const { journal, errors } = await openTest(t, { folder, disk, pace: { patienceMs: 100 } })
  journal.add(change(numbered(1)))
  await journal.keepSnapshot(idOf(1), jpegOf('one'))
  t.match(errors, [{ message: `${folder} does not answer` }])
  t.same(await journal.snapshot(idOf(1)), jpegOf('one'))
})

t.test('errors are told once in a while, not for every change', async t => {
  const folder = join(t.testdir({ disk: '' }), 'disk')
  const { journal, errors } = await openTest(t, { folder, pace: { quietMs: 60_000 } })
  await sleep(100)
  t.equal(errors.length, 1)
  t.match(journal.status(), { error: /./ })
})

t.test('damage is counted and told', async t => {
  const folder = t.testdir({ '0000000001.v1': 'noise' })
  const { journal, errors } = await openTest(t, { folder })
  t.equal(journal.status().damaged, 1)
  const message = `the journal in ${folder} is damaged: 1 lines or files of it were left out`
  t.match(errors, [{ message }])
})

t.test('pictures of events in a file that cannot be read stay with it', async t => {
  const folder = t.testdir({ '0000000001.v1': {}, snapshots: { 'event-000001.jpeg': 'one' } })
  const { journal } = await openTest(t, { folder })
  await journal.close()
  t.ok(existsSync(join(folder, 'snapshots/event-000001.jpeg')))
})

t.test('what is forgotten while its picture is being written does not come back', async t => {
  const folder = t.testdir({})
  let finish = () => {}
  const slow = new Promise<void>(resolve => (finish = resolve))
  const disk: Disk = {
    ...nodeDisk,
    async write(path, bytes) {
      await slow
      await nodeDisk.write(path, bytes)
    },
  }
  const { journal } = await openTest(t, { folder, disk, maxEvents: 1 })
  journal.add(change(numbered(1)))
  const size = () => statSync(join(folder, '0000000001.v1')).size
  await until(() => size() > 0)
  const kept = journal.keepSnapshot(idOf(1), jpegOf('one'))
  await sleep(20)
  journal.add(change(numbered(2)))
  finish()
  await kept
  await journal.close()
  const second = await openTest(t, { folder })
  t.same(idsOf(second.journal), [idOf(2)])
})

t.test('two services on one folder: the second one says so', async t => {
  const folder = t.testdir({})
  await openTest(t, { folder })
  const { journal } = await openTest(t, { folder })
  journal.add(change(numbered(1)))
  t.match(journal.status(), {
    ...{ events: 1, bytes: null },
    error: `another service keeps its events in ${folder}: expected a folder of its own`,
  })
})

t.test('changes of a second are written together', async t => {
  const folder = t.testdir({})
  let writes = 0
  const disk: Disk = {
    ...nodeDisk,
    async create(path) {
      const file = await nodeDisk.create(path)
      const append = async (bytes: Uint8Array) => {
        writes += 1
        await file.append(bytes)
      }
      return { ...file, append }
    },
  }
  const { journal } = await openTest(t, { folder, disk, pace: { flushMs: 200 } })
  const end = monotonicMs() + 900
  for (let moves = 0; monotonicMs() < end; moves++) {
    journal.add(change(numbered(1, { moves })))
    await sleep(5)
  }
  t.ok(writes >= 3 && writes <= 5, `${writes} writes in 0.9 s, at most one in 0.2 s`)
})

t.test('10,000 events are opened soon, and added without waiting', async t => {
  const folder = t.testdir({})
  const first = await openTest(t, { folder, maxEvents: 10_000, pace: { flushMs: 100 } })
  // processor time: others may have it in between
  const before = cpuMs()
  for (let number = 0; number < 10_000; number++) first.journal.add(change(numbered(number)))
  const each = (cpuMs() - before) / 10_000
  t.ok(each < 0.1, `${(each * 1000).toFixed(1)} µs for each`)
  await first.journal.close()
  const from = cpuMs()
  const { journal } = await openTest(t, { folder, maxEvents: 10_000 })
  const took = cpuMs() - from
  t.equal(journal.status().events, 10_000)
  // some 250 ms, and garbage to collect
  t.ok(took < 1500, `${took.toFixed(0)} ms`)
})

t.test('killed at any moment: what was said to be on the disk is there, and whole', async t => {
  const folder = join(t.testdir({}), 'events')
  let told = 0
  let first = 0
  for (let round = 0; round < 12; round++) {
    const child = startProgram('node', ['test/fixtures/journal-writer.mjs', folder, String(first)])
    let stdout = ''
    child.stdout.on('data', chunk => {
      stdout += chunk
    })
    await once(child.stdout, 'data')
    await sleep(Math.random() * 150)
    child.kill('SIGKILL')
    await once(child, 'close')

    const moves = new Map<string, number>()
    const pictures = new Set<string>()
    for (const line of stdout.trim().split('\n')) {
      const said: { id?: string; moves?: number; picture?: string } = JSON.parse(line)
      if (said.id) moves.set(said.id, said.moves ?? -1)
      else if (said.picture) pictures.add(said.picture)
      else t.fail(line)
    }
    const { journal } = await openTest(t, { folder, maxEvents: 200, maxBytes: 1.5e6 })
    for (const [id, least] of moves) {
      const event = journal.find(id)
      // those of the rounds before may be forgotten by now
      if (!event && Number(id.slice(6)) < first) continue
      if (!event || event.moves < least) t.fail(`${id}: ${event?.moves} moves of ${least}`)
      t.not(event?.endedAt, null)
      if (least === 3 && event?.endedBy !== 'gone') t.fail(`${id}: ${event?.endedBy}`)
    }
    for (const id of pictures) {
      const jpeg = await journal.snapshot(id)
      if (journal.find(id) && !jpegOf(id, 3000).equals(jpeg ?? Buffer.of())) t.fail(`${id}.jpeg`)
    }
    t.ok(journal.status().events <= 200)
    told += moves.size
    first = Math.max(first, ...[...idsOf(journal)].map(id => Number(id.slice(6)) + 1))
    await journal.close()
  }
  t.ok(told > 50, `${told} events were said to be on the disk`)
})

const { code: refused } = await runProgram('unshare', [
  '-m',
  'mount',
  '-t',
  'tmpfs',
  'none',
  '/tmp',
])
const skip = refused === 0 ? false : 'only root may mount'

t.test('a disk of its own that is full: it goes on in memory, and recovers', { skip }, async t => {
  const folder = join(t.testdir({}), 'disk')
  mkdirSync(folder)
  const script = `mount -t tmpfs -o size=256k none "$0" && exec node test/fixtures/journal-full.mjs "$0"`
  const { code, stdout, stderr } = await runProgram('unshare', ['-m', 'sh', '-c', script, folder])
  t.equal(code, 0, stderr)
  t.match(JSON.parse(stdout), {
    before: { events: 20, unwritten: 0, error: null },
    full: { events: 220, bytes: null, error: /ENOSPC/ },
    inMemory: 30_000,
    after: { events: 220, error: null },
    read: { events: 220, error: null },
    picture: 30_000,
  })
})

t.test('cut at any byte of what was written last, the journal opens without it', async t => {
  const folder = t.testdir({})
  const first = await openTest(t, { folder })
  for (const number of [1, 2]) {
    first.journal.add(change(numbered(number)))
    await sleep(20)
  }
  await first.journal.close()
  const path = join(folder, '0000000001.v1')
  const bytes = readFileSync(path)
  const half = bytes.indexOf(10) + 1
  // each opening takes a moment: every byte is cut in the test of line
  for (let end = half; end < bytes.length - 1; end += 61) {
    writeFileSync(path, bytes.subarray(0, end))
    const { journal } = await openTest(t, { folder })
    t.same(idsOf(journal), [idOf(1)], `at byte ${end}`)
    journal.add(change(numbered(3)))
    await journal.close()
    const second = await openTest(t, { folder })
    t.same(idsOf(second.journal), [idOf(3), idOf(1)], 'and goes on')
    await second.journal.close()
    for (const name of readdirSync(folder))
      if (name !== '0000000001.v1') rmSync(join(folder, name), { recursive: true })
  }
})
