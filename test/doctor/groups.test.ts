import { chmod, stat } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { checkGroups } from '../../src/doctor/groups.js'
import { surroundingsOf } from '../fixtures/surroundings.js'

const stranger = { uid: 54321, groups: [54321] }

/** A board whose devices only their owner and their group may open. */
async function guarded(t: Test) {
  const surroundings = await surroundingsOf(t, 'doctor-pi5', {}, { 'dev/video1': '' })
  const device = (name: string) => join(surroundings.board.root, 'dev', name)
  for (const name of ['video0', 'video1', 'i2c-1']) await chmod(device(name), 0o660)
  return { surroundings, owner: await stat(device('video0')) }
}

t.test('a user outside of the groups is told which, once for all their devices', async t => {
  const { surroundings } = await guarded(t)
  t.match(await checkGroups({ ...surroundings, user: stranger }), [
    {
      state: 'notice',
      essential: false,
      found: '/dev/video0 and 1 more may not be opened by this user (cameras)',
      mend: /^sudo usermod -aG video \$USER/,
    },
    { found: /^\/dev\/i2c-1 may not/, mend: /^sudo usermod -aG i2c \$USER/ },
  ])
})

t.test('nothing is said to root, to the group, or where there are no devices', async t => {
  const { surroundings, owner } = await guarded(t)
  for (const user of [
    { uid: 0, groups: [] },
    { uid: 54321, groups: [owner.gid] },
  ]) {
    t.same(await checkGroups({ ...surroundings, user }), [])
  }
  t.same(await checkGroups({ ...(await surroundingsOf(t, 'doctor-x86')), user: stranger }), [])
})
