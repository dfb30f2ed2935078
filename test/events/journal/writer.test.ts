import { readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Disk, nodeDisk } from '../../../src/events/journal/disk.js'
import { createEntries } from '../../../src/events/journal/entries.js'
import { readSegments } from '../../../src/events/journal/segments.js'
import { createWriter } from '../../../src/events/journal/writer.js'
import { LASTING, numbered, until } from '../../fixtures/journal.js'

/** A disk that counts, and breaks when it is told to. */
function breakable() {
  const state = { broken: false, appended: 0 }
  const disk: Disk = {
    ...nodeDisk,
    async create(path) {
      const file = await nodeDisk.create(path)
      const append = async (bytes: Uint8Array) => {
        if (state.broken) throw new Error('EIO')
        state.appended += 1
        await file.append(bytes)
      }
      return { ...file, append }
    },
  }
  return { state, disk }
}

async function start(
  t: Test,
  folder: string,
  { everyMs = 1, fileBytes = 5000, disk = nodeDisk } = {},
) {
  const entries = createEntries()
  const told = { written: 0, late: 0, damaged: 0, begun: 0, paused: 0 }
  const errors: unknown[] = []
  const writer = createWriter({
    ...{ disk, folder, entries, fileBytes, everyMs },
    pictures: {
      begin: async () => {
        told.begun += 1
      },
      pause: () => {
        told.paused += 1
      },
    },
    waits: { next: () => 10 },
    onWritten: () => {
      told.written += 1
    },
    onDamaged: count => {
      told.damaged += count
    },
    onLate: count => {
      told.late += count
    },
    onError: error => errors.push(error),
  })
  t.teardown(writer.close)
  await writer.start()
  const put = (number: number, changes = {}) => {
    const entry = entries.put(numbered(number, changes))
    writer.changed(entry)
    return entry
  }
  const forget = (number: number) => {
    const entry = entries.find(numbered(number).id)!
    entries.remove(entry)
    writer.forget(entry)
  }
  return { entries, writer, told, errors, put, forget }
}

async function numbersIn(folder: string): Promise<number[]> {
  const { found } = await readSegments(nodeDisk, folder)
  return [...found.values()].map(({ event }) => event.trackId)
}

t.test('changes are gathered and written, and read at the next start', async t => {
  const folder = join(t.testdir({}), 'state/events')
  const { state, disk } = breakable()
  const { writer, put, forget, told } = await start(t, folder, { disk, everyMs: 50 })
  t.same(
    readdirSync(folder)
      .filter(name => name !== 'lock')
      .sort(),
    ['0000000001.v1', 'snapshots'],
  )
  t.same([writer.bytes, writer.failure, told.begun], [0, null, 1])
  for (let moves = 0; moves < 9; moves++) put(1, { moves, ...LASTING })
  put(2)
  await until(() => state.appended === 1)
  forget(2)
  put(3)
  await writer.close()
  t.equal(state.appended, 2, 'the rest at the end')
  t.equal(writer.bytes, null)
  const second = await start(t, folder)
  t.match(second.entries.find(numbered(1).id)?.event, { moves: 8, endedBy: 'restart' })
  t.equal(second.entries.count, 2)
  await second.writer.close()
  const { found } = await readSegments(nodeDisk, folder)
  t.equal(found.get(numbered(1).id)?.event.endedBy, 'restart', 'that end is written')
})

t.test('of hundreds at once, each is written', async t => {
  const folder = t.testdir({})
  const { state, disk } = breakable()
  const { writer, put, forget } = await start(t, folder, { disk })
  for (let number = 0; number < 500; number++) put(number)
  await until(() => state.appended === 3)
  for (let number = 0; number < 450; number++) forget(number)
  put(7)
  await writer.close()
  t.same(
    (await numbersIn(folder)).sort((a, b) => a - b),
    [7, ...Array.from({ length: 50 }, (_, n) => 450 + n)],
  )
})

t.test('what is outdated is cleared away in the background', async t => {
  const folder = t.testdir({})
  const { writer, put } = await start(t, folder, { fileBytes: 2000 })
  put(1)
  for (let moves = 0; moves < 200; moves++) {
    put(2, { moves })
    await until(() => (writer.bytes ?? 0) > 0)
    await new Promise(resolve => setTimeout(resolve, 2))
  }
  await writer.close()
  const { segments } = await readSegments(nodeDisk, folder)
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0)
  t.ok(bytes < 3 * 1400 + 2 * 2700, `${bytes} bytes of two events in ${segments.length} files`)
  t.same((await numbersIn(folder)).sort(), [1, 2])
})

t.test('a disk that fails is tried again until it works, and gets what it has missed', async t => {
  const folder = t.testdir({})
  const { state, disk } = breakable()
  const { writer, put, forget, told, errors } = await start(t, folder, { disk })
  put(1)
  await until(() => state.appended === 1)
  state.broken = true
  put(2)
  put(3)
  await until(() => errors.length > 1)
  t.match(errors[0], {
    code: 'STATE_UNWRITABLE',
    message: 'events are only kept in memory for now: EIO',
  })
  t.same([writer.failure, told.late], ['EIO', 2])
  put(4)
  forget(3)
  state.broken = false
  await until(() => writer.failure === null)
  await writer.close()
  t.same((await numbersIn(folder)).sort(), [1, 2, 4])
  t.ok(told.paused > 0)
})

t.test('a folder that is taken away is noticed, and so is that it is back', async t => {
  const parent = t.testdir({ disk: {} })
  const folder = join(parent, 'disk/events')
  const { writer, put, errors } = await start(t, folder)
  put(1)
  await until(() => (writer.bytes ?? 0) > 0)
  renameSync(join(parent, 'disk'), join(parent, 'away'))
  put(2)
  await until(() => errors.length > 0)
  t.match(errors[0], {
    message: `events are only kept in memory for now: ${folder} is not the folder that it was`,
  })
  // there is a folder in its place, as where nothing is mounted
  await until(() => writer.failure === null)
  t.same((await numbersIn(folder)).sort(), [1, 2], 'it gets everything')
  renameSync(join(parent, 'disk'), join(parent, 'other'))
  renameSync(join(parent, 'away'), join(parent, 'disk'))
  put(3)
  await until(() => errors.length > 1)
  await until(() => writer.failure === null)
  await writer.close()
  t.same((await numbersIn(folder)).sort(), [1, 2, 3])
})

t.test('a second one on the same folder leaves it alone until it is free', async t => {
  const folder = t.testdir({})
  const first = await start(t, folder)
  first.put(1)
  const second = await start(t, folder)
  second.put(2)
  t.match(second.errors, [{ message: /another service keeps its events in/ }])
  t.equal(second.writer.bytes, null)
  await first.writer.close()
  await until(() => second.writer.failure === null)
  t.same(second.entries.count, 2)
})

t.test('a folder that cannot be read, or written to, is left as it was', async t => {
  const folder = t.testdir({})
  const first = await start(t, folder)
  first.put(1)
  await first.writer.close()
  const disk: Disk = { ...nodeDisk, create: async () => Promise.reject(new Error('EROFS')) }
  const second = await start(t, folder, { disk })
  t.match(second.errors, [{ message: /EROFS/ }])
  t.equal(second.entries.count, 1, 'what lies there is told')
  await second.writer.close()
  t.match(readdirSync(folder).sort(), ['0000000001.v1', 'snapshots'], 'it is free for others')
})

t.test('damage is told', async t => {
  const folder = t.testdir({ '0000000004.v1': 'noise\nnoise' })
  const { told, put, writer } = await start(t, folder)
  t.equal(told.damaged, 2)
  put(1)
  await writer.close()
  t.same(await numbersIn(folder), [1])
})
