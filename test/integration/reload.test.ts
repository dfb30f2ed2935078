/** A running service whose configuration changes. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadConfig } from '../../src/config/load.js'
import { createLog } from '../../src/lib/log.js'
import { startService } from '../../src/main.js'
import { until } from '../fixtures/camera.js'
import { photoPath } from '../fixtures/photos.js'

const log = createLog('error')

t.test(
  'cameras, budget, zones and models change while it runs, and a bad file changes nothing',
  async t => {
    const folder = t.testdir({
      photos: { 'a.jpg': t.fixture('symlink', photoPath(6)) },
      state: {},
    })
    const file = join(folder, 'squint.yaml')
    const replay = { type: 'replay', path: join(folder, 'photos'), fps: 10, loop: true }
    const write = (config: object) =>
      writeFileSync(file, JSON.stringify({ server: { port: 0 }, ...config }))
    const cameras = (...ids: string[]) => ids.map(id => ({ ...replay, id }))
    write({ cameras: cameras('porch', 'yard') })
    const load = () => loadConfig(file, {})
    process.env.STATE_DIRECTORY = join(folder, 'state')
    t.teardown(() => delete process.env.STATE_DIRECTORY)
    const service = await startService(await load(), log, { file, load })
    t.teardown(service.close)
    const json = async (path: string) => JSON.parse(await (await fetch(service.url + path)).text())
    const next = (camera: string) => json(`/api/cameras/${camera}/detections?waitMs=5000`)
    t.ok((await next('porch')).detections.length > 0)
    const stream = await fetch(`${service.url}/api/cameras/porch/stream.mjpeg`)
    const reader = stream.body!.getReader()

    // one camera goes, one comes, one is opened anew; whoever watches goes on watching
    const slower = { ...replay, id: 'porch', fps: 5 }
    write({ cameras: [slower, ...cameras('attic')], cascade: { expert: 'expert-ghostnet' } })
    const ids = async () => (await json('/api/cameras')).map(({ id }: { id: string }) => id)
    await until(async () => (await ids()).join() === 'porch,attic')
    const { frame } = await next('porch')
    t.ok(frame.id > 1)
    t.ok((await next('attic')).detections.length > 0)
    t.equal((await json('/api/cameras/yard')).code, 'CAMERA_UNKNOWN')
    const size = (await json('/api/stats')).cameras.length
    t.equal(size, 2)
    t.match(await json('/api/stats'), { models: { expert: 'expert-ghostnet' } })
    for (let i = 0; i < 5; i++) t.notOk((await reader.read()).done)

    // what is wrong is told, and all goes on as before
    write({ cameras: [slower], cascade: { expert: 'gone' } })
    await service.reload()
    t.match(await json('/api/configuration'), { file, error: /cascade.expert: expected one of/ })
    t.ok((await next('attic')).frame.id > 0)
    writeFileSync(file, 'cameras: [')
    await service.reload()
    t.match(await json('/api/configuration'), { error: /expected YAML/ })
    t.equal((await json('/api/cameras')).length, 2)

    // nobody looks where everything is masked
    const all = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ]
    write({ cameras: cameras('porch'), events: { cameras: { porch: { masks: [all] } } } })
    await service.reload()
    t.match(await json('/api/configuration'), { error: null })
    await until(async () => (await next('porch')).detections.length === 0)
    await reader.cancel()
    // before its folder is removed
    await service.close()
  },
)
