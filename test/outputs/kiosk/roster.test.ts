import t from 'tap'
import { createRoster } from '../../../src/outputs/kiosk/roster.js'
import { pushCamera } from '../../fixtures/push-camera.js'

function rosterOf(...cameras: string[]) {
  let nowMs = 1000
  const roster = createRoster(() => nowMs)
  const statusOf = (id: string) => {
    const camera = pushCamera(id)
    t.teardown(camera.close)
    return camera.status()
  }
  roster.greet(cameras.map(statusOf))
  return {
    ids: () => roster.cameras().map(({ id }) => id),
    /** Whether anything changed when the service told of these at once, so long after the last time. */
    tell(afterMs: number, ...told: string[]) {
      nowMs += afterMs
      return told.map(id => roster.hear(statusOf(id))).includes(true)
    },
  }
}

t.test('a camera that is told of for the first time is there', t => {
  const { ids, tell } = rosterOf('porch')
  t.notOk(tell(2000, 'porch'))
  t.ok(tell(2000, 'porch', 'yard'))
  t.same(ids(), ['porch', 'yard'])
  t.notOk(tell(2000, 'porch', 'yard'))
  t.end()
})

t.test('one that others are told of without is gone', t => {
  const { ids, tell } = rosterOf('porch', 'yard', 'attic')
  for (let i = 0; i < 3; i++) t.notOk(tell(2000, 'yard'))
  t.ok(tell(2000, 'yard'))
  t.same(ids(), ['yard'])
  t.end()
})

t.test('a silent line, or one that is asked for often, takes none away', t => {
  const { ids, tell } = rosterOf('porch', 'yard')
  t.notOk(tell(2000, 'porch', 'yard'))
  // all that was held back
  t.notOk(tell(60_000, 'porch', 'yard', 'porch', 'yard', 'porch', 'yard'))
  // somebody goes to and fro between the grid and one camera
  t.notOk(tell(500, 'porch', 'porch', 'porch', 'porch'))
  t.notOk(tell(1500, 'porch', 'yard'))
  t.same(ids(), ['porch', 'yard'])
  t.end()
})
