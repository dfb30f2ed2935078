import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type Disk, nodeDisk } from '../../../src/events/journal/disk.js'
import { createEntries, type Entry } from '../../../src/events/journal/entries.js'
import { openSegments, readSegments } from '../../../src/events/journal/segments.js'
import { numbered } from '../../fixtures/journal.js'

async function start(folder: string, { fileBytes = 2000, disk = nodeDisk } = {}) {
  const entries = createEntries()
  const onDisk = await readSegments(nodeDisk, folder)
  const segments = await openSegments({ disk, folder, entries, onDisk, fileBytes })
  const put = (...numbers: number[]) => numbers.map(number => entries.put(numbered(number)))
  return { entries, segments, put, onDisk }
}

function forget(entries: ReturnType<typeof createEntries>, entry: Entry): void {
  entry.segment?.live.delete(entry)
  entries.remove(entry)
}

async function numbersIn(folder: string): Promise<number[]> {
  const { found } = await readSegments(nodeDisk, folder)
  return [...found.values()].map(({ event }) => event.trackId)
}

t.test('what is written lies on the disk, the last line of an event counts', async t => {
  const folder = t.testdir({})
  const { entries, segments, put } = await start(folder)
  const [one, two] = put(1, 2)
  await segments.append([one!, two!], [])
  entries.measure(one!, { picture: 77 })
  entries.put(numbered(1, { moves: 5 }))
  await segments.append([one!], [])
  t.equal(segments.bytes, readFileSync(join(folder, '0000000001.v1')).length)
  await segments.close()
  const { found, segments: files, damaged, lastNumber } = await readSegments(nodeDisk, folder)
  t.match(found.get(one!.event.id), { n: 1, picture: 77, event: { moves: 5 }, bytes: one!.line })
  t.equal(found.get(two!.event.id)?.segment, files[0])
  t.match({ files: files.length, damaged, lastNumber }, { files: 1, damaged: 0, lastNumber: 1 })
})

t.test('what was forgotten stays so, unless it comes back', async t => {
  const folder = t.testdir({})
  const { segments, put } = await start(folder)
  const [one, two, three] = put(1, 2, 3)
  await segments.append([one!, two!, three!], [])
  await segments.append([two!], [one!.event.id, two!.event.id])
  await segments.close()
  t.same((await numbersIn(folder)).sort(), [2, 3])
})

t.test('what is forgotten while it is being written leaves nothing behind', async t => {
  const { entries, segments, put } = await start(t.testdir({}))
  const [one] = put(1)
  const appended = segments.append([one!], [])
  forget(entries, one!)
  await appended
  t.same([one!.segment, entries.lines], [null, 0])
  await segments.close()
})

t.test(
  'full files are followed by new ones, and the oldest go once nothing in them counts',
  async t => {
    const folder = t.testdir({})
    const { entries, segments, put } = await start(folder)
    for (let number = 1; number <= 12; number++) await segments.append(put(number), [])
    const names = () => readdirSync(folder).sort()
    t.same(names(), ['0000000001.v1', '0000000002.v1', '0000000003.v1'])
    const inSecond = [5, 6, 7, 8].map(number => entries.find(numbered(number).id)!)
    for (const entry of inSecond) forget(entries, entry)
    await segments.drop()
    t.equal(names().length, 3, 'the first one counts, and keeps the second')
    t.same([...segments.outdated()], [], 'most of it counts')
    for (const number of [2, 3, 4]) forget(entries, entries.find(numbered(number).id)!)
    for (const number of [9, 10, 11]) forget(entries, entries.find(numbered(number).id)!)
    const outdated = [...segments.outdated()]
    t.match(outdated, [{ event: { trackId: 1 } }], 'this is written again so that the file can go')
    await segments.append(outdated, [])
    await segments.drop()
    t.ok(!names().includes('0000000001.v1') && !names().includes('0000000002.v1'))
    t.same([...segments.outdated()], [])
    await segments.close()
    t.same((await numbersIn(folder)).slice(-1), [1])
  },
)

t.test('many small files of many starts are brought together', async t => {
  const folder = t.testdir({})
  for (let number = 1; number <= 70; number++) {
    const { segments, put } = await start(folder)
    await segments.append(put(number), [])
    await segments.close()
  }
  const { entries, segments, onDisk } = await start(folder)
  for (const { event, n, segment, bytes } of onDisk.found.values()) {
    const entry = entries.adopt(event, n)
    entry.segment = segment
    segment.live.add(entry)
    entries.measure(entry, { line: bytes })
  }
  t.same([...segments.outdated()], [], 'some may lie there')
  for (const entry of [...onDisk.segments].slice(5).flatMap(({ live }) => [...live]))
    forget(entries, entry)
  t.equal([...segments.outdated()].length, 1)
  await segments.close()
})

t.test('a start after which nothing happened leaves no file for long', async t => {
  const folder = t.testdir({})
  for (let round = 1; round <= 3; round++) {
    const { segments } = await start(folder)
    await segments.close()
  }
  t.same(readdirSync(folder), ['0000000003.v1'])
})

t.test('foreign files stay, and a damaged line or file costs no other', async t => {
  const folder = t.testdir({ 'notes.txt': 'mine', '0000000009.v2': 'of the next version' })
  const { segments, put } = await start(folder)
  const [one, two, three] = put(1, 2, 3)
  await segments.append([one!, two!, three!], [])
  await segments.close()
  const path = join(folder, '0000000001.v1')
  const bytes = readFileSync(path)
  bytes[one!.line + 50]! ^= 8
  writeFileSync(path, bytes)
  // it cannot be read
  mkdirSync(join(folder, '0000000007.v1'))
  const onDisk = await readSegments(nodeDisk, folder)
  const { found, damaged, lastNumber, segments: files, whole } = onDisk
  t.same(
    [...found.values()].map(({ event }) => event.trackId),
    [1, 3],
  )
  t.same([damaged, lastNumber, files.length, whole], [2, 7, 1, false])
  await (await start(folder)).segments.close()
  t.same(readdirSync(folder).sort(), [
    ...['0000000001.v1', '0000000007.v1', '0000000008.v1', '0000000009.v2', 'notes.txt'],
  ])
  await t.rejects(readSegments(nodeDisk, join(folder, 'gone')), { code: 'ENOENT' })
})

t.test('a disk that is full in the middle of a line gets its room back', async t => {
  const folder = t.testdir({})
  let room = 1000
  const disk: Disk = {
    ...nodeDisk,
    async create(path) {
      const file = await nodeDisk.create(path)
      const append = async (bytes: Uint8Array) => {
        await file.append(bytes.subarray(0, room))
        room -= bytes.length
        if (room < 0) throw new Error('ENOSPC')
      }
      return { ...file, append }
    },
  }
  const { entries, segments, put } = await start(folder, { disk })
  const [one, two] = put(1, 2)
  await segments.append([one!], [])
  const before = segments.bytes
  await t.rejects(segments.append([two!], []), { message: 'ENOSPC' })
  t.equal(readFileSync(join(folder, '0000000001.v1')).length, before)
  t.same([segments.bytes, two!.segment, entries.lines], [before, null, one!.line])
  await segments.close()
  await t.rejects(segments.append([two!], []), 'not even cutting works')
})

t.test('it is noticed when another file lies in its place', async t => {
  const folder = t.testdir({})
  const { segments } = await start(folder)
  t.ok(await segments.intact())
  await nodeDisk.remove(join(folder, '0000000001.v1'))
  t.notOk(await segments.intact())
  await segments.close()
})
