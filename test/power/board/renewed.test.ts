import t from 'tap'
import { createRenewed } from '../../../src/power/board/renewed.js'

t.test('what is found out holds until it has expired', async t => {
  let asked = 0
  const { get, expire } = createRenewed(async () => ++asked, 60_000)
  t.equal(await get(), 1)
  t.equal(await get(), 1)
  expire()
  t.equal(await get(), 2)
  t.equal(await get(), 2)
})

t.test('what has held long enough is found out anew', async t => {
  let asked = 0
  const { get } = createRenewed(async () => ++asked, 0)
  t.equal(await get(), 1)
  t.equal(await get(), 2)
})

t.test('what cannot be found out is tried again at once', async t => {
  let asked = 0
  const { get } = createRenewed(async () => {
    if (++asked === 1) throw new Error('not yet')
    return asked
  }, 60_000)
  await t.rejects(get(), { message: 'not yet' })
  t.equal(await get(), 2)
})
