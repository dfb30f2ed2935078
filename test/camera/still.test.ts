import { chmod, readdir, readFile } from 'node:fs/promises'
import t, { type Test } from 'tap'
import { type StillOptions, takeStill } from '../../src/camera/still.js'
import { pathWith } from '../fixtures/camera.js'
import { tinyJpeg } from '../fixtures/jpeg.js'

/** A rpicam-jpeg made of shell: the last argument is where the picture goes. */
async function still(
  t: Test,
  script: string,
  more: Partial<StillOptions> = {},
  name = 'rpicam-jpeg',
) {
  const find = 'for last; do :; done\n'
  const dir = t.testdir({
    bin: { [name]: `#!/bin/sh\n${find}${script}\n` },
    tmp: {},
    'ok.jpg': tinyJpeg({ width: 640 }),
  })
  await chmod(`${dir}/bin/${name}`, 0o755)
  const path = pathWith(`${dir}/bin`)
  const options = { settings: {}, path, dir: `${dir}/tmp`, ...more }
  return { dir, picture: takeStill(options) }
}

const COPY = 'cp "$(dirname "$0")/../ok.jpg" "$last"'

t.test('a still is taken by either name of the tool, and leaves nothing', async t => {
  const { PATH } = process.env
  for (const name of ['rpicam-jpeg', 'libcamera-jpeg']) {
    const { dir, picture } = await still(t, COPY, {}, name)
    t.equal(process.env.PATH, PATH, 'while it runs, PATH is as before')
    t.match(await picture, { format: 'jpeg', width: 640, height: 8 })
    t.same(await readdir(`${dir}/tmp`), [])
  }
})

t.test('only what was asked for reaches the command line', async t => {
  const script = `echo "$@" > "$(dirname "$0")/argv"; ${COPY}`
  const settings = { camera: 1, width: 640, height: 480, quality: 80, hflip: true, vflip: false }
  const { dir, picture } = await still(t, script, { settings })
  await picture
  const argv = await readFile(`${dir}/bin/argv`, 'utf8')
  const expected =
    /^--nopreview --timeout 1 --camera 1 --width 640 --height 480 --quality 80 --hflip --rotation 0 --output \S+\/still\.jpg$/
  t.match(argv.trim(), expected)
})

t.test('the folder of a picture is private', async t => {
  const { dir, picture } = await still(t, `stat -c %a "$(dirname "$last")" > "$0.mode"; ${COPY}`)
  await picture
  t.equal((await readFile(`${dir}/bin/rpicam-jpeg.mode`, 'utf8')).trim(), '700')
})

t.test('settings that could become shell are refused', async t => {
  const evil = [
    { output: 'x.jpg; echo INJECTED' },
    { width: '640; id' },
    { rotation: 90 },
    { hflip: '$(id)' },
    { quality: 0 },
  ]
  for (const settings of evil) {
    const refused = { code: 'CONFIG_INVALID', message: /still settings/ }
    // what a caller without types might pass
    const untyped = JSON.parse(JSON.stringify({ settings }))
    await t.rejects(takeStill(untyped), refused, JSON.stringify(settings))
  }
})

t.test('folders whose names could become shell are refused', async t => {
  const dir = t.testdir({ 'a;id': {}, bin: { 'rpicam-jpeg': '' } })
  await chmod(`${dir}/bin/rpicam-jpeg`, 0o755)
  const refused = { code: 'CONFIG_INVALID', message: /paths/ }
  await t.rejects(takeStill({ settings: {}, path: `${dir}/bin`, dir: `${dir}/a;id` }), refused)
  t.same(await readdir(`${dir}/a;id`), [])
})

t.test('node-libcamera is not asked where it would only pretend', async t => {
  const before = process.env.NODE_ENV ?? ''
  process.env.NODE_ENV = 'test'
  const { picture } = await still(t, COPY)
  process.env.NODE_ENV = before
  await t.rejects(picture, { code: 'CONFIG_INVALID', message: /NODE_ENV/ })
})

t.test('a board without the tools says which package brings them', async t => {
  const missing = { code: 'TOOL_MISSING', message: /rpicam-apps/ }
  await t.rejects(takeStill({ settings: {}, path: '/nowhere' }), missing)
  const { PATH } = process.env
  t.teardown(() => {
    process.env.PATH = PATH
  })
  delete process.env.PATH
  await t.rejects(takeStill({ settings: {} }), missing)
  const { picture } = await still(t, COPY)
  t.match(await picture, { width: 640 })
})

t.test('a tool that fails, hangs, or writes no whole picture is CAMERA_FAILED', async t => {
  const failed = (message: RegExp) => ({ code: 'CAMERA_FAILED', message })
  const fails = await still(t, 'echo no camera available >&2; exit 1')
  await t.rejects(fails.picture, failed(/no camera available/))
  const hangs = await still(t, 'exec sleep 60', { settings: { timeoutMs: 200 } })
  await t.rejects(hangs.picture, failed(/no still within 200 ms/))
  const torn = await still(t, 'head -c 30 "$(dirname "$0")/../ok.jpg" > "$last"')
  await t.rejects(torn.picture, failed(/found 30 bytes/))
  const none = await still(t, 'exit 0')
  await t.rejects(none.picture, failed(/found 0 bytes/))
  const sized = await still(t, `printf '\\377\\330\\377\\331' > "$last"`)
  await t.rejects(sized.picture, failed(/without a size/))
  t.same(await readdir(`${sized.dir}/tmp`), [])
})
