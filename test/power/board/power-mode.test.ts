import t, { type Test } from 'tap'
import { createPowerMode } from '../../../src/power/board/power-mode.js'
import { plantBoard } from '../../fixtures/board.js'

const TOOL = 'bin/nvpmodel'

/** nvpmodel as a shell script. */
const plantTool = (t: Test, script: string) =>
  plantBoard(t, 'orin-nano-jp6-state', { [TOOL]: `#!/bin/sh\n${script}\n` })

const living = () => new AbortController().signal

t.test('a Jetson has a power mode', async t => {
  for (const [name, mode] of Object.entries({
    'jetson-nano-jp4-state': 'MAXN',
    'xavier-nx-jp5-state': 'MODE_15W_6CORE',
    'orin-nano-jp6-state': '15W',
  })) {
    const { path } = await plantBoard(t, name)
    t.equal(await createPowerMode(living(), path).read(), mode)
  }
})

t.test('other machines have none', async t => {
  const { path } = await plantBoard(t, 'pi5-state')
  t.equal(await createPowerMode(living(), path).read(), null)
})

t.test('the tool is asked once a minute at most', async t => {
  const { path, set } = await plantTool(t, 'echo NV Power Mode: 7W')
  const mode = createPowerMode(living(), path)
  const hasty = createPowerMode(living(), path, 0)
  t.equal(await mode.read(), '7W')
  t.equal(await hasty.read(), '7W')
  await set(TOOL, '#!/bin/sh\necho NV Power Mode: 25W\n')
  t.equal(await mode.read(), '7W')
  t.equal(await hasty.read(), '25W')
})

t.test('a tool that fails or talks garbage tells nothing', async t => {
  for (const script of ['exit 1', 'echo "NVPM ERROR: no permission" >&2', 'echo NV Power Mode:']) {
    const { path } = await plantTool(t, script)
    t.equal(await createPowerMode(living(), path).read(), null, script)
  }
  const { path } = await plantBoard(t, 'orin-nano-jp6-state', { [TOOL]: 'no program\n' })
  t.equal(await createPowerMode(living(), path).read(), null)
})

t.test('a tool that hangs is ended with everything else', async t => {
  const { path } = await plantTool(t, 'exec sleep 60')
  const stopping = new AbortController()
  const reading = createPowerMode(stopping.signal, path).read()
  setTimeout(() => stopping.abort(), 100)
  t.equal(await reading, null)
})
