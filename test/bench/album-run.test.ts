import t from 'tap'
import { runAlbum, WAYS } from '../../src/bench/album-run.js'
import type { Album } from '../../src/bench/material.js'
import { openWorkbench } from '../../src/bench/workbench.js'
import { configSchema } from '../../src/config/schema.js'
import { photo } from '../fixtures/photos.js'

const bench = await openWorkbench(configSchema.parse({}))
t.teardown(bench.close)

function albumOf(pictures: Record<string, Uint8Array>): Album {
  const read = async (file: string) => ({ format: 'encoded', data: pictures[file]! }) as const
  return { kind: 'album', path: '/nowhere', files: Object.keys(pictures), read }
}

const album = albumOf({ 'a.jpg': photo(2), 'b.jpg': photo(3), 'c.jpg': photo(6) })

t.test(
  'a cascade that never asks finds what the scout finds, one that always asks what the expert finds',
  async t => {
    const told: string[] = []
    const pictures = await runAlbum({ ...bench, album, onPicture: () => told.push('one') })
    t.equal(told.length, 3)
    t.same(
      pictures.map(({ file }) => file),
      album.files,
    )
    for (const { doubt, looks } of pictures) {
      t.same(looks['never-ask'].detections, looks['scout-only'].detections)
      t.same(looks['always-ask'].detections, looks['expert-only'].detections)
      t.notSame(looks['never-ask'].detections, looks['always-ask'].detections)
      t.ok(looks['expert-only'].detections.some(({ label }) => label === 'person'))
      t.ok(Math.min(...looks['expert-only'].detections.map(({ score }) => score)) < 0.3)
      t.ok(doubt > 0)
      for (const way of WAYS) t.ok(looks[way].cpuMs > 0 && looks[way].millijoules > 0, way)
    }
  },
)

t.test('the ways look in an order that turns with every picture', async t => {
  const seen: string[] = []
  await runAlbum({
    ...bench,
    album,
    async open(picture) {
      const opened = await bench.open(picture)
      const noting =
        <Floor, Seen>(name: string, look: (floor: Floor) => Seen) =>
        (floor: Floor) => {
          seen.push(name)
          return look(floor)
        }
      return {
        ...opened,
        scout: noting('scout', opened.scout),
        expert: noting('expert', opened.expert),
      }
    },
    onPicture: () => seen.push('-'),
  })
  // scout-only, expert-only, never-ask, always-ask; then from the second on, and from the third
  t.equal(
    seen.join(' '),
    [
      'scout expert scout scout expert -',
      'expert scout scout expert scout -',
      'scout scout expert scout expert -',
    ].join(' '),
  )
})

t.test('a picture that cannot be read is named', async t => {
  const torn = albumOf({ 'a.jpg': photo(2), 'torn.jpg': photo(3).subarray(0, 40_000) })
  await t.rejects(runAlbum({ ...bench, album: torn, onPicture() {} }), {
    code: 'PICTURE_BROKEN',
    message: /^torn\.jpg: picture: expected a whole picture/,
  })
})
