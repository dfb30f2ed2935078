import t from 'tap'
import { openJournal } from '../../src/events/journal/open.js'
import { exportCoco } from '../../src/service/export.js'
import { eventFixture } from '../fixtures/event.js'

t.test('all events that are asked for are exported, however many', async t => {
  const journal = await openJournal({
    folder: null,
    maxEvents: 5000,
    maxBytes: 1e8,
    maxDays: 30,
    onError: error => t.fail(String(error)),
  })
  t.teardown(journal.close)
  for (let i = 0; i < 1234; i++) {
    const id = `000000000-${String(i).padStart(8, '0')}`
    const camera = i % 2 === 0 ? 'porch' : 'yard'
    const event = eventFixture({ id, camera, hasSnapshot: true })
    journal.add({ type: 'start', event, before: null })
  }
  async function count(filter: { camera?: string }) {
    let text = ''
    for await (const piece of exportCoco(journal, filter)) text += piece
    const { images, annotations } = JSON.parse(text)
    t.equal(images.length, annotations.length)
    return images.length
  }
  t.equal(await count({}), 1234)
  t.equal(await count({ camera: 'yard' }), 617)
})
