import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { CameraEvent } from '../../../src/events/event.js'
import type { Place } from '../../../src/outputs/mqtt/layer.js'
import { createOccupancy } from '../../../src/outputs/mqtt/occupancy.js'
import { eventFixture } from '../../fixtures/event.js'

const anywhere: Place = { topic: 'all', camera: null, zone: null, label: null, active: false }
const places: readonly Place[] = [
  anywhere,
  { ...anywhere, topic: 'person', camera: 'porch', label: 'person' },
  { ...anywhere, topic: 'car', camera: 'porch', label: 'car' },
  { ...anywhere, topic: 'path', zone: 'path' },
  { ...anywhere, topic: 'active', active: true },
  { ...anywhere, topic: 'yard', camera: 'yard' },
]

function watch() {
  const told: string[] = []
  const tell = (topic: string, count: number) => told.push(`${topic} ${count}`)
  const occupancy = createOccupancy({ places: () => places, tell, settleMs: 20 })
  const take = (type: 'start' | 'update' | 'end', changes: Partial<CameraEvent> = {}) =>
    occupancy.take({ type, event: eventFixture(changes), before: null })
  return { told, occupancy, take, flush: () => told.splice(0) }
}

t.test('every place is told how many objects are there', async t => {
  const { occupancy, take, flush } = watch()
  occupancy.tellAll()
  t.same(flush(), ['all 0', 'person 0', 'car 0', 'path 0', 'active 0', 'yard 0'])
  take('start')
  t.same(flush(), ['all 1', 'person 1', 'path 1', 'active 1'], 'more at once')
  take('start', { id: 'other', zones: [], stationary: true, camera: 'yard' })
  t.same(flush(), ['all 2', 'yard 1'])
  occupancy.close()
})

t.test('fewer are told when it has settled', async t => {
  const { occupancy, take, flush } = watch()
  take('start')
  flush()
  take('update', { zones: [], stationary: true })
  take('end')
  take('start', { id: 'again' })
  t.same(flush(), [], 'one for the other')
  await sleep(50)
  t.same(flush(), ['all 1', 'person 1', 'car 0', 'path 1', 'active 1', 'yard 0'])
  take('end', { id: 'again' })
  t.same(flush(), [])
  await sleep(50)
  t.match(flush(), ['all 0', 'person 0'])
  occupancy.close()
})
