import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { person } from '../../fixtures/detection.js'
import { resultFixture } from '../../fixtures/result.js'
import { startApp } from '../../fixtures/services.js'

t.test('cameras are listed and shown one by one', async t => {
  const { app } = await startApp(t)
  t.match(await (await app.request('/api/cameras')).json(), [
    { id: 'porch', kind: 'replay', frames: 0, error: null },
  ])
  t.match(await (await app.request('/api/cameras/porch')).json(), { id: 'porch' })
})

t.test('a camera that does not exist is refused with those that do', async t => {
  const { app } = await startApp(t)
  for (const path of ['', '/detections', '/explain']) {
    const response = await app.request(`/api/cameras/cellar${path}`)
    t.equal(response.status, 404)
    t.match(await response.json(), {
      code: 'CAMERA_UNKNOWN',
      detail: /expected one of porch, found cellar/,
    })
  }
})

t.test('detections are the newest, or the next if one waits', async t => {
  const { app, latest } = await startApp(t)
  const early = await app.request('/api/cameras/porch/detections')
  t.equal(early.status, 503)
  t.equal(early.headers.get('retry-after'), '1')
  latest.publish(resultFixture())
  t.match(await (await app.request('/api/cameras/porch/detections')).json(), resultFixture())
  const waiting = app.request('/api/cameras/porch/detections?waitMs=5000')
  await sleep(20)
  latest.publish(resultFixture({ detections: [] }))
  t.same(JSON.parse(await (await waiting).text()).detections, [])
  const wrong = await app.request('/api/cameras/porch/detections?waitMs=soon')
  t.equal(wrong.status, 400)
  t.match(await wrong.json(), { code: 'REQUEST_INVALID', detail: /^waitMs: / })
})

t.test('why frames were looked at as hard as they were is told, newest first', async t => {
  const { app, decisions } = await startApp(t)
  const explain = async (query = '') => {
    const response = await app.request(`/api/cameras/porch/explain${query}`)
    return { status: response.status, body: JSON.parse(await response.text()) }
  }
  t.same(await explain(), { status: 200, body: [] })
  for (let id = 1; id <= 30; id++) {
    decisions.add(resultFixture({ frame: { ...resultFixture().frame, id } }), [
      { ...person(0.1, 0.4), probability: 0.7, meaning: 'ambiguous', low: 0.3, high: 0.5 },
    ])
  }
  const ids = ({ body }: Awaited<ReturnType<typeof explain>>) =>
    body.map(({ frame }: { frame: { id: number } }) => frame.id)
  const newest = await explain()
  t.match(
    [newest.body.length, newest.body[0]],
    [
      20,
      {
        camera: 'porch',
        frame: { id: 30 },
        exit: { reason: 'confident', grounds: { blobs: 1, sinceLookMs: 350 } },
        candidates: [{ label: 'person', meaning: 'ambiguous', probability: 0.7 }],
      },
    ],
  )
  t.same(ids(await explain('?frame=12&limit=3')), [12, 11, 10])
  for (const query of ['?limit=0', '?limit=513', '?frame=first']) {
    const wrong = await explain(query)
    t.match(wrong, { status: 400, body: { code: 'REQUEST_INVALID' } })
  }
})
