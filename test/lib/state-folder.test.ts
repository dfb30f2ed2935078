import { homedir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { stateFolder } from '../../src/lib/state-folder.js'

t.test('systemd says where state is kept, else the user, else it is the usual place', async t => {
  t.equal(stateFolder({ STATE_DIRECTORY: '/var/lib/squint' }), '/var/lib/squint')
  t.equal(stateFolder({ STATE_DIRECTORY: '/var/lib/squint:/var/lib/more' }), '/var/lib/squint')
  t.equal(stateFolder({ XDG_STATE_HOME: '/home/me/state' }), '/home/me/state/squint')
  t.equal(stateFolder({}), join(homedir(), '.local/state/squint'))
})
