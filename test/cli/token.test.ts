import t from 'tap'
import { parse } from 'yaml'
import { run } from '../../src/cli/run.js'
import { parseConfig } from '../../src/config/load.js'
import { paperTerminal } from '../fixtures/terminal.js'

async function print(...args: string[]) {
  const terminal = paperTerminal()
  const code = await run(['token', ...args], terminal)
  return { code, terminal }
}

t.test(
  'what is printed is a configuration that lets others in, and never the same again',
  async t => {
    const tokens = new Set<string>()
    for (let i = 0; i < 2; i++) {
      const { code, terminal } = await print()
      t.equal(code, 0)
      const { server } = parseConfig(parse(terminal.outText), {}, 'squint token')
      t.equal(server.host, '0.0.0.0')
      for (const token of [server.token, server.viewerToken]) {
        t.match(token, /^[0-9a-f]{64}$/)
        tokens.add(`${token}`)
      }
    }
    t.equal(tokens.size, 4)
  },
)

t.test('it tells what it does, and takes no argument', async t => {
  const help = await print('--help')
  t.equal(help.code, 0)
  t.match(help.terminal.outText, /^usage: squint token/)
  t.equal((await print('mine')).code, 2)
})
