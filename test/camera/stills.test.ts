import { chmod } from 'node:fs/promises'
import t from 'tap'
import { stillsSource } from '../../src/camera/stills.js'
import { collector, pathWith, until } from '../fixtures/camera.js'
import { tinyJpeg } from '../fixtures/jpeg.js'

const SCRIPT = '#!/bin/sh\nfor last; do :; done\ncp "$(dirname "$0")/../ok.jpg" "$last"\n'

t.test('one picture comes after the other until the camera closes', async t => {
  const dir = t.testdir({
    bin: { 'rpicam-jpeg': SCRIPT },
    tmp: {},
    'ok.jpg': tinyJpeg({ width: 640 }),
  })
  await chmod(`${dir}/bin/rpicam-jpeg`, 0o755)
  const closing = new AbortController()
  const sink = collector()
  const source = stillsSource({
    everySeconds: 0.01,
    settings: { camera: 1 },
    path: pathWith(`${dir}/bin`),
    dir: `${dir}/tmp`,
  })
  t.equal(source.label, 'CSI camera 1, stills')
  const running = source.run(sink, closing.signal)
  await until(() => sink.pictures.length >= 2)
  closing.abort(new Error('closing'))
  await t.rejects(running)
  t.match(sink.pictures[1], { format: 'jpeg', width: 640 })
})

t.test(
  'a still that cannot be taken breaks the source, so that it is tried again later',
  async t => {
    const source = stillsSource({ everySeconds: 1, settings: {}, path: '/nowhere' })
    t.equal(source.label, 'CSI camera 0, stills')
    await t.rejects(source.run(collector(), new AbortController().signal), { code: 'TOOL_MISSING' })
  },
)
