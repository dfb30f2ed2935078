import { tmpdir } from 'node:os'
import t from 'tap'
import { checkDisk } from '../../src/doctor/disk.js'
import { packageRoot } from '../../src/lib/package.js'
import { surroundingsOf } from '../fixtures/surroundings.js'

const stills = { cameras: [{ id: 'porch', type: 'libcamera', mode: 'stills' }] }

t.test('free space is told of the package, and of where stills go', async t => {
  const [finding] = await checkDisk(await surroundingsOf(t, 'doctor-pi5'))
  t.match(finding, {
    essential: false,
    found: new RegExp(`^\\d+(\\.\\d)? [MG]B free at ${packageRoot}$`),
  })
  const free = async (folder: string) => (folder === packageRoot ? 5.24e9 : 300e6)
  t.match(await checkDisk(await surroundingsOf(t, 'doctor-pi5', stills), free), [
    {
      state: 'well',
      found: `5.2 GB free at ${packageRoot}, 300 MB free at ${tmpdir()}`,
      details: [{ freeBytes: 5.24e9 }, { freeBytes: 300e6 }],
    },
  ])
})

t.test('a full disk is a notice', async t => {
  t.match(await checkDisk(await surroundingsOf(t, 'doctor-pi5'), async () => 12e6), [
    { state: 'notice', found: /^12 MB free/, mend: /^sudo apt clean/ },
  ])
})
