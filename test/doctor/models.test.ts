import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parseConfig } from '../../src/config/load.js'
import type { Surroundings } from '../../src/doctor/finding.js'
import { checkModels } from '../../src/doctor/models.js'
import { modelsCopy } from '../fixtures/models.js'
import { surroundingsOf } from '../fixtures/surroundings.js'

const machine = await surroundingsOf(t, 'doctor-pi5')

/** The same machine with this in its configuration's `cascade`. */
function configured(cascade: object): Surroundings {
  const config = parseConfig({ cascade }, {}, 'squint.yaml')
  return { ...machine, configuration: { ...machine.configuration, config } }
}

t.test('the models of the package are as their manifest knows them', async t => {
  t.match(await checkModels(machine), [
    {
      state: 'well',
      essential: true,
      found: 'all 4 files match their sha256 in zoo.json',
      details: { used: ['scout-mobilenetv3', 'expert-mobilenetv3'] },
    },
  ])
})

t.test('a model that was changed is essential if it is in use', async t => {
  const models = modelsCopy(t)
  writeFileSync(join(models, 'expert-mobilenetv3.int8.onnx'), 'torn')
  rmSync(join(models, 'expert-ghostnet.int8.onnx'))
  t.match(await checkModels(configured({ models })), [
    {
      state: 'missing',
      essential: true,
      found: /^expert-mobilenetv3: the file has changed/,
      mend: 'What a folder of models has to hold is told in docs/models.md.',
    },
    { state: 'missing', essential: false, found: /^expert-ghostnet: .*ENOENT.* \(not in use\)$/ },
  ])
  const remote = { remote: 'http://server', model: 'shared', local: 'expert-ghostnet' }
  for (const expert of ['expert-ghostnet', remote]) {
    const findings = await checkModels(configured({ models, expert }))
    t.same(
      findings.map(({ essential }) => essential),
      [false, true],
    )
  }
})

t.test(
  'a model that the manifest does not know, and a manifest that is gone, are missing',
  async t => {
    const unknown = { cascade: { scout: 'bigger' } }
    t.match(await checkModels(await surroundingsOf(t, 'doctor-pi5', unknown)), [
      {
        state: 'missing',
        essential: true,
        found: /expected one of .*, found bigger$/,
        mend: /^git -C .* checkout models$/,
      },
    ])
    const gone = { cascade: { models: '/nowhere' } }
    t.match(await checkModels(await surroundingsOf(t, 'doctor-pi5', gone)), [
      { state: 'missing', found: /zoo\.json/ },
    ])
  },
)
