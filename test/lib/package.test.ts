import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot, packageVersion } from '../../src/lib/package.js'

t.test('the package knows its own folder and version', async t => {
  const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'))
  t.equal(manifest.name, 'squint')
  t.equal(packageVersion, manifest.version)
})
