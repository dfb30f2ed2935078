import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Disk, nodeDisk } from '../../../src/events/journal/disk.js'
import { createEntries, type Entry } from '../../../src/events/journal/entries.js'
import { createPictures } from '../../../src/events/journal/pictures.js'
import { jpegOf, numbered, until } from '../../fixtures/journal.js'

function start(t: Test, folder: string, disk: Disk = nodeDisk) {
  const entries = createEntries()
  const written: Entry[] = []
  const errors: unknown[] = []
  const counts = { late: 0 }
  const pictures = createPictures({
    ...{ disk, folder, entries, maxCount: 3, maxBytes: 5000 },
    onWritten: entry => written.push(entry),
    onLate: () => {
      counts.late += 1
    },
    onError: error => errors.push(error),
    waits: { next: () => 10 },
  })
  t.teardown(pictures.close)
  const put = (number: number) => entries.put(numbered(number))
  return { entries, pictures, written, errors, counts, put }
}

const nameOf = (number: number) => `${numbered(number).id}.jpeg`

t.test('a picture is in memory at once, and on the disk when it is said so', async t => {
  const folder = t.testdir({})
  const { entries, pictures, written, counts, put } = start(t, folder)
  await pictures.begin(true)
  const one = put(1)
  t.notOk(pictures.has(one))
  t.equal(await pictures.read(one), undefined)
  const kept = pictures.keep(one.event.id, jpegOf('a'))
  t.ok(pictures.has(one))
  t.same(await pictures.read(one), jpegOf('a'))
  await kept
  t.same(readFileSync(join(folder, nameOf(1))), jpegOf('a'))
  t.same([pictures.waiting, one.picture, entries.pictures, written], [0, 1000, 1000, [one]])
  t.same(await pictures.read(one), jpegOf('a'))
  await pictures.keep(one.event.id, jpegOf('b', 2000))
  t.same(await pictures.read(one), jpegOf('b', 2000))
  t.same([entries.pictures, counts.late, pictures.failure], [2000, 0, null])
})

t.test('it goes with its event', async t => {
  const folder = t.testdir({})
  const { entries, pictures, put } = start(t, folder)
  await pictures.begin(true)
  const one = put(1)
  await pictures.keep(one.event.id, jpegOf('a'))
  entries.remove(one)
  pictures.forget(one)
  await until(() => !existsSync(join(folder, nameOf(1))))
  const two = put(2)
  const kept = pictures.keep(two.event.id, jpegOf('a'))
  entries.remove(two)
  pictures.forget(two)
  await kept
  t.notOk(pictures.has(two), 'before it was written')
})

t.test('it goes with an event that is forgotten while it is being written', async t => {
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
  const { entries, pictures, put } = start(t, folder, disk)
  await pictures.begin(true)
  const one = put(1)
  void pictures.keep(one.event.id, jpegOf('a'))
  await new Promise(resolve => setTimeout(resolve, 20))
  entries.remove(one)
  pictures.forget(one)
  finish()
  await pictures.close()
  t.same(readdirSync(folder), [])
})

t.test('it may come before its event', async t => {
  const folder = t.testdir({})
  const { pictures, put } = start(t, folder)
  await pictures.begin(true)
  await pictures.keep(numbered(1).id, jpegOf('a'))
  t.notOk(existsSync(join(folder, nameOf(1))))
  pictures.arrived(put(1))
  await until(() => existsSync(join(folder, nameOf(1))))
  pictures.arrived(put(2))
})

t.test(
  'at the start, what belongs to nothing is cleared away, and the rest is counted',
  async t => {
    const folder = t.testdir({
      [nameOf(1)]: 'one',
      [nameOf(2)]: 'two',
      [`${nameOf(2)}.new`]: 'half',
      [nameOf(9)]: 'of no event',
      'notes.txt': 'mine',
    })
    const { entries, pictures, put } = start(t, folder)
    const [one, two, three] = [put(1), put(2), put(3)]
    entries.measure(one, { picture: 3 })
    entries.measure(three, { picture: 700 })
    await pictures.begin(true)
    await until(() => readdirSync(folder).length === 3)
    t.same(readdirSync(folder).sort(), [nameOf(1), nameOf(2), 'notes.txt'])
    t.same([one.picture, two.picture, three.picture, entries.pictures], [3, 3, 0, 6])
  },
)

t.test('while not all events are known, no picture is of none', async t => {
  const folder = t.testdir({ [nameOf(9)]: 'whose', [`${nameOf(2)}.new`]: 'half' })
  const { pictures } = start(t, folder)
  await pictures.begin(false)
  await until(() => readdirSync(folder).length === 1)
  await pictures.close()
  t.same(readdirSync(folder), [nameOf(9)])
})

t.test('without a disk some stay in memory', async t => {
  const { pictures, counts, put } = start(t, '/sys/nonexistent')
  const entries = [1, 2, 3, 4].map(put)
  for (const { event } of entries) await pictures.keep(event.id, jpegOf(event.id))
  t.same(entries.map(pictures.has), [false, true, true, true])
  t.same(await pictures.read(entries[3]!), jpegOf(entries[3]!.event.id))
  pictures.forget(entries[3]!)
  t.equal(pictures.waiting, 2)
  await pictures.keep(entries[0]!.event.id, jpegOf('huge', 5001))
  t.notOk(pictures.has(entries[0]!))
  t.equal(counts.late, 5, 'each is counted once')
})

t.test('what cannot be written waits, is tried again, and holds up no other', async t => {
  const folder = t.testdir({})
  let broken = true
  const disk: Disk = {
    ...nodeDisk,
    async write(path, bytes) {
      if (broken && path.endsWith(nameOf(1))) throw new Error('ENOSPC')
      await nodeDisk.write(path, bytes)
    },
  }
  const { pictures, errors, counts, put } = start(t, folder, disk)
  await pictures.begin(true)
  const [one, two] = [put(1), put(2)]
  await Promise.all([one, two].map(({ event }) => pictures.keep(event.id, jpegOf('a'))))
  t.same(readdirSync(folder), [nameOf(2)])
  await until(() => errors.length > 1)
  t.match(errors[0], {
    code: 'STATE_UNWRITABLE',
    message: 'pictures are only kept in memory for now: ENOSPC',
  })
  t.same([pictures.failure, pictures.waiting, counts.late], ['ENOSPC', 1, 1])
  broken = false
  await until(() => pictures.failure === null)
  t.same(readdirSync(folder), [nameOf(1), nameOf(2)])
})

t.test('while the disk is away they wait in memory, and nobody waits for them', async t => {
  const folder = t.testdir({})
  const { pictures, counts, put } = start(t, folder)
  await pictures.begin(true)
  const one = put(1)
  const kept = pictures.keep(one.event.id, jpegOf('a'))
  pictures.pause()
  await kept
  pictures.forget(put(2))
  await pictures.keep(one.event.id, jpegOf('b'))
  t.same([readdirSync(folder), counts.late], [[], 1])
  await pictures.begin(true)
  await until(() => existsSync(join(folder, nameOf(1))))
  t.same(await pictures.read(one), jpegOf('b'))
})

t.test('a picture that somebody has deleted is none', async t => {
  const folder = t.testdir({})
  const { pictures, put } = start(t, folder)
  await pictures.begin(true)
  const one = put(1)
  await pictures.keep(one.event.id, jpegOf('a'))
  await nodeDisk.remove(join(folder, nameOf(1)))
  t.equal(await pictures.read(one), undefined)
})
