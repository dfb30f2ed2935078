import t from 'tap'
import type { Journal } from '../../src/events/journal/journal.js'
import { exportCoco } from '../../src/service/export.js'
import { eventFixture } from '../fixtures/event.js'

t.test('all events that are asked for are exported, however many', async t => {
  const all = Array.from({ length: 2345 }, (_, i) =>
    eventFixture({ id: `event-${i}`, camera: i % 5 === 0 ? 'porch' : 'yard' }),
  )
  const journal: Pick<Journal, 'list'> = {
    list({ camera, limit, cursor = '0' }) {
      const wanted = all.filter(event => camera === undefined || event.camera === camera)
      const end = Number(cursor) + limit
      const next = end < wanted.length ? String(end) : null
      return { events: wanted.slice(Number(cursor), end), next }
    },
  }
  async function count(filter: { camera?: string }) {
    let text = ''
    for await (const piece of exportCoco(journal, filter)) text += piece
    const { images, annotations } = JSON.parse(text)
    t.equal(images.length, annotations.length)
    return images.length
  }
  t.equal(await count({}), 2345)
  t.equal(await count({ camera: 'porch' }), 469)
})
