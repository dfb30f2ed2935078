import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type Album, type Clip, openMaterial } from '../../src/bench/material.js'
import type { Picture } from '../../src/frame/frame.js'
import { childrenOf, until } from '../fixtures/camera.js'
import { clipFile } from '../fixtures/clips.js'
import { tinyJpeg } from '../fixtures/jpeg.js'

async function openClip(path: string, fps?: number): Promise<Clip> {
  const material = await openMaterial(path, fps)
  if (material.kind === 'clip') return material
  throw new Error('expected a clip')
}

async function openAlbum(path: string): Promise<Album> {
  const material = await openMaterial(path)
  if (material.kind === 'album') return material
  throw new Error('expected an album')
}

async function all(clip: Clip): Promise<Picture[]> {
  const pictures: Picture[] = []
  for await (const picture of clip.frames()) pictures.push(picture)
  return pictures
}

t.test('a video tells its rate and gives every frame, as often as it is asked', async t => {
  const path = clipFile(t.testdir({}), { seconds: 2, fps: 12.5 })
  const clip = await openClip(path)
  t.match(clip, { path, fps: 12.5 })
  for (let round = 0; round < 2; round++) {
    const pictures = await all(clip)
    t.equal(pictures.length, 25)
    t.match(pictures[0], { format: 'yuv420', width: 192, height: 112 })
  }
})

t.test('a rate that is given stands above that of the file', async t => {
  t.equal((await openClip(clipFile(t.testdir({})), 50)).fps, 50)
})

t.test('a transport stream, which tells its rate twice, has one', async t => {
  t.equal((await openClip(clipFile(t.testdir({}), { name: 'clip.ts', fps: 10 }))).fps, 10)
})

t.test('JPEGs one after the other are a clip at 25 per second, passed on as they are', async t => {
  const jpegs = Array.from({ length: 30 }, (_, at) => tinyJpeg({ width: at + 1 }))
  const path = join(t.testdir({ 'clip.MJPEG': Buffer.concat(jpegs) }), 'clip.MJPEG')
  const clip = await openClip(path)
  t.equal(clip.fps, 25)
  t.equal((await openClip(path, 4)).fps, 4)
  const pictures = await all(clip)
  t.same(
    pictures.map(({ width }) => width),
    jpegs.map((_, at) => at + 1),
    'none is dropped, and they keep their order',
  )
  t.same(pictures[7]?.data, jpegs[7])
})

t.test('whoever stops asking in the middle leaves no ffmpeg behind', async t => {
  const clip = await openClip(
    clipFile(t.testdir({}), { source: 'testsrc=size=640x480', seconds: 8, fps: 10 }),
  )
  const frames = clip.frames()
  await frames.next()
  t.equal(childrenOf(process.pid).length, 1)
  await frames.return(undefined)
  await until(() => childrenOf(process.pid).length === 0, 'the end of ffmpeg')
})

t.test('a folder is an album of its pictures, in the order of their names', async t => {
  const path = t.testdir({
    'b.JPG': tinyJpeg(),
    'a.png': 'png',
    'c.webp': 'webp',
    'd.jpeg': 'jpeg',
    'notes.txt': 'no picture',
  })
  const album = await openAlbum(path)
  t.equal(album.path, path)
  t.same(album.files, ['a.png', 'b.JPG', 'c.webp', 'd.jpeg'])
  t.same(await album.read('b.JPG'), { format: 'encoded', data: tinyJpeg() })
})

t.test('what is neither is refused', async t => {
  const folder = t.testdir({ 'notes.txt': 'no video', none: {} })
  await t.rejects(openMaterial('/nowhere/clip.mp4'), {
    code: 'NOT_FOUND',
    message: /^\/nowhere\/clip\.mp4: expected a clip or a folder, ENOENT/,
  })
  await t.rejects(openMaterial(join(folder, 'none')), {
    code: 'NOT_FOUND',
    message: /none: expected JPEG, PNG or WebP pictures, found none$/,
  })
  await t.rejects(openMaterial(join(folder, 'notes.txt')), {
    code: 'CAMERA_FAILED',
    message: /notes\.txt: expected a video with a frame rate, found none$/,
  })
})

t.test('a video that holds no frame says so when it is asked for them', async t => {
  const path = join(t.testdir({}), 'empty.y4m')
  writeFileSync(path, 'YUV4MPEG2 W16 H16 F25:1\n')
  await t.rejects(all(await openClip(path)), {
    code: 'CAMERA_FAILED',
    message: `${path}: expected frames, found none`,
  })
})
