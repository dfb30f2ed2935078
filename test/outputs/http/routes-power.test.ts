import t from 'tap'
import type { HistoryBody } from '../../../src/outputs/http/schemas-stats.js'
import { startApp } from '../../fixtures/services.js'

const body: HistoryBody = {
  everySeconds: 1,
  method: 'measured',
  scope: 'board',
  uncertainty: 0.05,
  points: [
    {
      at: '2026-11-22T21:05:00.000Z',
      frames: 12,
      exits: { gate: 9, scout: 2, expert: 1 },
      millijoules: { decode: 20, gate: 1, scout: 8, expert: 30, audit: 0 },
      method: 'measured',
      latencyMs: { p50: 12, max: 60 },
      watts: 3.5,
      celsius: null,
    },
  ],
}

t.test('the history is of two minutes and all cameras unless asked otherwise', async t => {
  const asked: unknown[] = []
  const { app } = await startApp(t, {
    history(...question) {
      asked.push(question)
      return body
    },
  })
  t.same(await (await app.request('/api/power/history')).json(), body)
  t.equal((await app.request('/api/power/history?seconds=600&camera=porch')).status, 200)
  t.same(asked, [
    [120, undefined],
    [600, 'porch'],
  ])
})

t.test('a length that is none, and a camera that is none, are problems', async t => {
  const { app } = await startApp(t)
  for (const seconds of ['0', '601', '1.5', 'soon', '-1']) {
    const response = await app.request(`/api/power/history?seconds=${seconds}`)
    t.equal(response.status, 400, seconds)
    t.match(await response.json(), { code: 'REQUEST_INVALID', detail: /^seconds: / })
  }
  const response = await app.request('/api/power/history?camera=cellar')
  t.equal(response.status, 404)
  t.match(await response.json(), {
    code: 'CAMERA_UNKNOWN',
    detail: /expected one of porch, found cellar/,
  })
})
