import { join } from 'node:path'
import t from 'tap'
import { parseConfig } from '../../src/config/load.js'
import { checkConfiguration, readConfiguration } from '../../src/doctor/configuration.js'
import { certificateFolder, writeCertificate } from '../fixtures/certificate.js'
import { surroundingsOf } from '../fixtures/surroundings.js'

t.test('no file means the defaults', async t => {
  const configuration = await readConfiguration(undefined)
  t.match(configuration, { file: undefined, refusal: undefined, config: { cameras: [] } })
  const surroundings = { ...(await surroundingsOf(t, 'doctor-pi5')), configuration }
  t.match(await checkConfiguration(surroundings), [{ state: 'well', found: /defaults/ }])
})

t.test('a file that is taken is told, one that is refused says why', async t => {
  const surroundings = await surroundingsOf(
    t,
    'doctor-pi5',
    {},
    {
      'good.yaml': 'cameras: [{id: porch, type: demo}]',
      'bad.yaml': 'cameras: [{id: porch, type: demo, fsp: 3}]',
      'torn.yaml': 'cameras: [',
    },
  )
  const checked = async (name: string) => {
    const configuration = await readConfiguration(join(surroundings.board.root, name))
    return checkConfiguration({ ...surroundings, configuration })
  }
  t.match(await checked('good.yaml'), [
    { state: 'well', essential: true, found: /good\.yaml is in order/ },
  ])
  t.match(await checked('bad.yaml'), [
    {
      state: 'missing',
      essential: true,
      found: /bad\.yaml: cameras\[0\]\.fsp: .*; the defaults were looked at instead$/,
      mend: /docs\/configuration\.md/,
    },
  ])
  t.match(await checked('torn.yaml'), [{ state: 'missing', found: /expected YAML/ }])
  t.match(await checked('gone.yaml'), [{ state: 'missing', found: /ENOENT/ }])
})

t.test('policies of single cameras are looked at too', async t => {
  const { board, ...surroundings } = await surroundingsOf(
    t,
    'doctor-pi5',
    {},
    { 'wrong/porch.yaml': 'refreshSeconds: often', 'right/yard.yaml': 'refreshSeconds: 5' },
  )
  const checked = async (folder: string) => {
    const cameras = [{ id: 'porch', type: 'demo' }]
    const written = { cameras, cascade: { policies: join(board.root, folder) } }
    const config = parseConfig(written, {}, 'squint.yaml')
    const configuration = { ...surroundings.configuration, config }
    return checkConfiguration({ ...surroundings, configuration })
  }
  t.match(await checked('wrong'), [
    { state: 'missing', essential: true, found: /porch\.yaml: refreshSeconds/ },
  ])
  t.match(await checked('gone'), [{ state: 'missing', found: /cascade\.policies/ }])
  t.match(await checked('right'), [{ state: 'well', found: 'squint.yaml is in order' }])
})

t.test('a certificate that cannot be used is told before the service is started', async t => {
  const files = writeCertificate(certificateFolder(t))
  const check = async (tls: object) => {
    const config = parseConfig({ server: { tls } }, {}, 'test')
    const configuration = { file: 'squint.yaml', config, refusal: undefined }
    const surroundings = { ...(await surroundingsOf(t, 'doctor-pi5')), configuration }
    return checkConfiguration(surroundings)
  }
  const { certificate, key } = files
  t.match(await check({ certificate, key }), [{ state: 'well' }])
  t.match(await check({ certificate, key: certificate }), [
    { state: 'missing', found: /^server\.tls\.key: expected a PEM key/ },
  ])
})
