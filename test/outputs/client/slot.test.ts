import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createSlot } from '../../../src/outputs/client/slot.js'

/** A frame that notes when somebody is done with it. */
function frame(id: number, done: number[]) {
  return {
    camera: 'porch',
    id,
    capturedWallMs: 0,
    jpeg: new Uint8Array(),
    done: () => void done.push(id),
  }
}

t.test('whoever waits gets the next frame; a newer one replaces one that waits', async t => {
  const done: number[] = []
  const slot = createSlot()
  const waiting = slot.take()
  slot.put(frame(1, done))
  t.equal((await waiting)?.id, 1)
  slot.put(frame(2, done))
  slot.put(frame(3, done))
  t.same(done, [2])
  t.equal((await slot.take())?.id, 3)
})

t.test('a frame that has waited for long is given back for a newer one', async t => {
  const done: number[] = []
  const slot = createSlot()
  slot.put(frame(1, done))
  await sleep(200)
  const taking = slot.take()
  t.same(done, [1])
  slot.put(frame(2, done))
  t.equal((await taking)?.id, 2)
})

t.test('closing ends waiting, with the error if there is one', async t => {
  const slot = createSlot()
  const waiting = slot.take()
  slot.close()
  t.equal(await waiting, undefined)
  slot.close(new Error('too late'))
  t.equal(await slot.take(), undefined)
  const broken = createSlot()
  broken.close(new Error('unknown camera'))
  await t.rejects(broken.take(), /unknown camera/)
})
