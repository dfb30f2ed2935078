import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { packageRoot } from '../../src/lib/package.js'
import { photoPath } from '../fixtures/photos.js'

const run = promisify(execFile)

/** Runs Node with an empty home folder and nothing of the test around it; what it has left there. */
async function leftAtHome(t: Test, args: readonly string[]): Promise<string[]> {
  const home = t.testdir()
  // CI is one of the names that keep ONNX Runtime silent
  const environment = [
    '-i',
    `PATH=${process.env.PATH}`,
    `HOME=${home}`,
    'XDG_STATE_HOME=/sys/nonexistent',
  ]
  await run('env', [...environment, process.execPath, ...args], { cwd: packageRoot })
  return readdirSync(home, { recursive: true, encoding: 'utf8' })
}

t.test('looking leaves nothing in the home folder: no identifier, no database', async t => {
  const squint = join(packageRoot, 'build/src/cli.js')
  t.same(await leftAtHome(t, [squint, 'detect', photoPath(1)]), [])
})

t.test('nor do models that run on the main thread, as a benchmark has them', async t => {
  const cascade = join(packageRoot, 'build/src/cascade')
  const script = `
    import { cascadeSchema } from '${cascade}/config.js'
    import { openDetector } from '${cascade}/session.js'
    import { findModels, readModel } from '${cascade}/zoo.js'
    const { scout } = await findModels(cascadeSchema.parse({}))
    await (await openDetector(scout, await readModel(scout), 1)).close()`
  t.same(await leftAtHome(t, ['--input-type=module', '-e', script]), [])
})
