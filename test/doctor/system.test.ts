import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { checkSystem, NODE_NEEDED } from '../../src/doctor/system.js'
import { packageRoot } from '../../src/lib/package.js'
import { surroundingsOf } from '../fixtures/surroundings.js'

t.test('system and Node are told', async t => {
  const surroundings = await surroundingsOf(t, 'doctor-pi5')
  t.match(await checkSystem(surroundings), [
    { state: 'well', found: 'Debian GNU/Linux 12 (bookworm), Linux 6.12.47+rpt-rpi-2712' },
    { state: 'well', essential: true, found: 'Node.js 20.20.2 for arm64' },
  ])
  const [other] = await checkSystem(
    await surroundingsOf(
      t,
      'doctor-pi5',
      {},
      {
        'etc/os-release': 'PRETTY_NAME=Void',
        'proc/sys/kernel/osrelease': undefined,
      },
    ),
  )
  t.match(other, { found: 'Void, Linux unknown' })
  const [bare] = await checkSystem(
    await surroundingsOf(t, 'doctor-pi5', {}, { 'etc/os-release': undefined }),
  )
  t.match(bare, { found: /^unknown system/ })
})

t.test(
  'an old Node, and a processor without ONNX Runtime, are missing what is essential',
  async t => {
    const surroundings = await surroundingsOf(t, 'doctor-pi5')
    const stateOf = async (version: string) => {
      const [, found] = await checkSystem({ ...surroundings, node: { version, arch: 'x64' } })
      return found?.state
    }
    t.equal(await stateOf('18.20.4'), 'missing')
    t.equal(await stateOf('20.8.1'), 'missing')
    t.equal(await stateOf('20.9.0'), 'well')
    t.equal(await stateOf('22.0.0'), 'well')
    const [, old] = await checkSystem({ ...surroundings, node: { version: '18.0.0', arch: 'x64' } })
    t.match(old, { state: 'missing', essential: true, mend: /Node\.js 20\.9/ })
    const [, small] = await checkSystem({
      ...surroundings,
      node: { version: '20.9.0', arch: 'arm' },
    })
    t.match(small, { state: 'missing', essential: true, mend: /64-bit/ })
  },
)

t.test('the Node that is needed is the one of package.json', t => {
  const { engines } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'))
  t.equal(engines.node, `>=${NODE_NEEDED}`)
  t.end()
})
