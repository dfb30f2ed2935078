import { join } from 'node:path'
import t, { type Test } from 'tap'
import { loadConfig, masked, parseConfig } from '../../src/config/load.js'

/** The one line that a wrong configuration gets. */
function refusal(t: Test, yaml: object): string {
  try {
    parseConfig(yaml, {}, 'squint.yaml')
  } catch (error) {
    t.match(error, { code: 'CONFIG_INVALID' })
    const { message } = error as Error
    t.notMatch(message, '\n')
    return message
  }
  return t.fail('accepted') as never
}

t.test('without a file everything has its default', async t => {
  const config = await loadConfig(undefined, {})
  t.match(config, {
    server: { host: '127.0.0.1', port: 8080 },
    cameras: [],
    cascade: {
      threads: 1,
      policy: { refreshSeconds: 10, followMs: 400, doubt: 1 },
      audit: { share: 0.005, energyShare: 0.02, agreement: 0.9 },
    },
    budget: { minFps: 1 },
    log: { level: 'info' },
  })
})

t.test('a file is read, and the command line wins over it', async t => {
  const folder = t.testdir({
    'squint.yaml': 'server: {port: 9000}\ncameras:\n  - {id: porch, type: demo, fps: 5}\n',
    'empty.yaml': '# nothing yet\n',
  })
  const path = join(folder, 'squint.yaml')
  t.match(await loadConfig(path, {}), {
    server: { port: 9000 },
    cameras: [{ id: 'porch', fps: 5 }],
  })
  t.match(await loadConfig(path, { port: 0, host: 'localhost' }), {
    server: { port: 0, host: 'localhost' },
  })
  t.match(await loadConfig(join(folder, 'empty.yaml'), { port: 1 }), { server: { port: 1 } })
})

t.test('a file that is missing, too large or no YAML is refused by its name', async t => {
  const folder = t.testdir({
    'large.yaml': `#${'x'.repeat(70_000)}`,
    'broken.yaml': 'cameras: [',
    'bomb.yaml': 'a: &a [x]\nb: [*a, *a]\n',
    'list.yaml': '- a\n',
    'cut.yaml': '\n',
  })
  const load = (name: string) => loadConfig(join(folder, name), { port: 1 })
  await t.rejects(load('cut.yaml'), {
    code: 'CONFIG_INVALID',
    message: /cut\.yaml: expected YAML, found an empty file/,
  })
  await t.rejects(load('none.yaml'), {
    code: 'CONFIG_INVALID',
    message: /^--config: expected a readable file, found ENOENT/,
  })
  await t.rejects(load('large.yaml'), {
    code: 'CONFIG_INVALID',
    message: /at most 65536 bytes, found 70001/,
  })
  await t.rejects(load('broken.yaml'), {
    code: 'CONFIG_INVALID',
    message: /broken\.yaml: expected YAML, found /,
  })
  await t.rejects(load('bomb.yaml'), {
    code: 'CONFIG_INVALID',
    message: /bomb\.yaml: expected YAML, found /,
  })
  await t.rejects(load('list.yaml'), {
    code: 'CONFIG_INVALID',
    message: /list\.yaml: the file: expected object, found \[…\]/,
  })
})

t.test(
  'a file that is no YAML is refused by its place, without a word of what it says',
  async t => {
    const lines = {
      'alias.yaml': 'mqtt: {url: mqtt://b, password: *SECRET}',
      'tag.yaml': 'mqtt: {url: mqtt://b, password: !SECRET x, x: 1}',
      'block.yaml': 'server:\n  token: |SECRET\n',
      'escape.yaml': 'server:\n  token: "\\SECRET"\n',
      'twice.yaml': 'SECRET: 1\nSECRET: 2\n',
    }
    const folder = t.testdir(lines)
    const warnings: unknown[] = []
    const hear = (warning: unknown) => warnings.push(warning)
    process.on('warning', hear)
    for (const name of Object.keys(lines)) {
      const error = await loadConfig(join(folder, name), {}).then(() => undefined, String)
      t.match(error, name)
      t.notMatch(error, 'SECRET')
    }
    await new Promise(setImmediate)
    process.off('warning', hear)
    t.same(warnings, [], 'nothing is printed beside it')
    await t.rejects(loadConfig(join(folder, 'block.yaml'), {}), {
      message: /expected YAML, found unexpected token at line 2, column \d+$/,
    })
    await t.rejects(loadConfig(join(folder, 'alias.yaml'), {}), {
      message: /expected YAML, found an alias \(\*\) or too many brackets$/,
    })
  },
)

t.test('a wrong entry is told by field, expectation and what was found', async t => {
  const demo = { id: 'porch', type: 'demo' }
  for (const [yaml, message] of [
    [
      { servr: {} },
      'squint.yaml: servr: expected one of the keys server, cameras, cascade, budget, power, events, mqtt, webhooks, log, found "servr"',
    ],
    [
      { server: { prot: 1 } },
      /^squint\.yaml: server\.prot: expected one of the keys host, port, .*, found "prot"$/,
    ],
    [{ server: { port: 'eighty' } }, 'squint.yaml: server.port: expected number, found "eighty"'],
    [{ server: { port: 70000 } }, 'squint.yaml: server.port: expected at most 65535, found 70000'],
    [
      { server: { token: 'short' } },
      'squint.yaml: server.token: expected at least 16 characters, found ***',
    ],
    [
      { server: { host: '0.0.0.0' } },
      /^squint\.yaml: server\.token: expected a token .* found none; squint token makes one$/,
    ],
    [
      { log: { level: 'loud' } },
      'squint.yaml: log.level: expected one of debug, info, warn, error, found "loud"',
    ],
    [
      { cameras: [demo, demo] },
      'squint.yaml: cameras[1].id: expected an id that no other camera has, found "porch" again',
    ],
    [
      { cameras: [{ ...demo, fsp: 3 }] },
      'squint.yaml: cameras[0].fsp: expected one of the keys id, maxAgeMs, type, fps, found "fsp"',
    ],
    [{ cameras: [{ type: 'demo' }] }, 'squint.yaml: cameras[0].id: expected string, found nothing'],
    [
      { cameras: [{ ...demo, id: 'Porch' }] },
      /^squint\.yaml: cameras\[0\]\.id: expected a-z, 0-9 and -, at most 40, found "Porch"$/,
    ],
    [
      { cameras: [{ ...demo, type: 'webcam' }] },
      /^squint\.yaml: cameras\[0\]\.type: expected one of libcamera, ffmpeg, replay, demo, found "webcam"$/,
    ],
    [
      { cameras: [{ id: 'csi', type: 'libcamera', width: 65 }] },
      'squint.yaml: cameras[0].width: expected a multiple of 64, found 65',
    ],
    [{ budget: { watts: 0 } }, 'squint.yaml: budget.watts: expected at least 0.01, found 0'],
    [{ budget: { celsius: 200 } }, 'squint.yaml: budget.celsius: expected at most 110, found 200'],
    [
      { budget: { fps: 5 } },
      'squint.yaml: budget.fps: expected one of the keys watts, millijoulesPerFrame, milliseconds, celsius, minFps, found "fps"',
    ],
    [
      { cascade: { audit: { share: 0.5 } } },
      'squint.yaml: cascade.audit.share: expected at most 0.1, found 0.5',
    ],
    [
      { cascade: { policy: { doubt: 2 } } },
      'squint.yaml: cascade.policy.doubt: expected at most 1.5, found 2',
    ],
    [
      { cascade: { refreshSeconds: 5 } },
      /^squint\.yaml: cascade\.refreshSeconds: expected one of the keys models, cache, scout, .* found "refreshSeconds"$/,
    ],
    [{ cameras: {} }, 'squint.yaml: cameras: expected array, found {}'],
    [
      { cascade: { expert: { remote: 'http://user:SECRET@server', model: 'm' } } },
      'squint.yaml: cascade.expert.remote: expected http:// or https://HOST:PORT without user, password and query',
    ],
    [
      { cascade: { expert: { remote: 'http://169.254.169.254/', model: 'm' } } },
      'squint.yaml: cascade.expert.remote: expected no link-local address',
    ],
    [
      { webhooks: [{ url: 'http://[fe80::1]/' }] },
      'squint.yaml: webhooks[0].url: expected no link-local address',
    ],
    [{ webhooks: [{ url: 'nowhere' }] }, 'squint.yaml: webhooks[0].url: Invalid URL, found ***'],
    [
      { cascade: { scout: '../scout' } },
      /^squint\.yaml: cascade\.scout: expected a name of zoo\.json: .*, found "..\/scout"$/,
    ],
    [
      { cameras: [{ ...demo, id: 'constructor' }] },
      /^squint\.yaml: cameras\[0\]\.id: expected a-z/,
    ],
    [
      { events: { cameras: { porch: { zones: [{ nam: 'x', name: 'x', polygon: [] }] } } } },
      /^squint\.yaml: events\.cameras\.porch\.zones\[0\]\./,
    ],
    [
      { cascade: { expert: { remote: 'ftp://server', model: 'm' } } },
      /expert\.remote: expected http/,
    ],
    [{ cascade: { expert: { remote: 'server', model: 'm' } } }, /expert\.remote: expected http/],
    [
      { cascade: { expert: { remote: 'http://server', model: '../m' } } },
      'squint.yaml: cascade.expert.model: expected letters, digits, _, . and -, at most 100, found "../m"',
    ],
    [
      { cascade: { expert: { remote: 'http://server', model: 'm', timeout: 5 } } },
      /^squint\.yaml: cascade\.expert\.timeout: expected one of the keys remote, model, .*, found "timeout"$/,
    ],
  ] as const) {
    t.match(refusal(t, yaml), message)
  }
})

t.test('secrets do not show when the configuration is printed', async t => {
  const config = parseConfig(
    {
      server: {
        host: '0.0.0.0',
        token: 'correct horse battery',
        viewerToken: 'only a viewer knows',
      },
      cameras: [
        { id: 'yard', type: 'ffmpeg', input: 'rtsp://user:SECRET@10.0.0.7/stream?key=SECRET' },
        { id: 'porch', type: 'demo' },
      ],
      cascade: { expert: { remote: 'https://server/v', model: 'm', token: 'SECRET' } },
    },
    {},
    'test',
  )
  const shown = JSON.stringify(masked(config))
  t.notMatch(shown, 'SECRET')
  t.notMatch(shown, 'correct horse')
  t.notMatch(shown, 'only a viewer')
  t.match(shown, '"port":8080')
  t.match(shown, '"remote":"https://server/v"')
  t.match(JSON.stringify(masked(parseConfig({}, {}, 'test'))), '"host":"127.0.0.1"')
})

t.test('passwords and secrets of brokers and webhooks are masked, their addresses cut', async t => {
  const config = parseConfig(
    {
      mqtt: { url: 'mqtt://broker/SECRET?x=SECRET', username: 'squint', password: 'SECRET' },
      webhooks: [
        { url: 'https://example.org/hook/KEY', secret: 'SECRET that is long enough' },
        { url: 'http://10.0.0.2/KEY' },
      ],
    },
    {},
    'test',
  )
  const shown = JSON.stringify(masked(config))
  t.notMatch(shown, 'SECRET')
  t.notMatch(shown, 'KEY')
  t.match(shown, '"url":"https://example.org"')
  t.match(
    JSON.stringify(masked(parseConfig({ mqtt: { url: 'mqtt://b' } }, {}, 'test'))),
    'mqtt://b',
  )
})

t.test('events of a camera that there is not are refused, while cameras are named', async t => {
  const events = { cameras: { attic: {} } }
  const cameras = [{ id: 'porch', type: 'demo' }]
  t.equal(
    refusal(t, { cameras, events }),
    'squint.yaml: events.cameras.attic: expected one of porch, found another',
  )
  t.match(parseConfig({ events }, {}, 'test'), { events })
})

t.test('a broker has no user in its address, and a zone a name of its own', async t => {
  t.match(
    refusal(t, { mqtt: { url: 'mqtt://me:SECRET@broker' } }),
    /expected no user in the address/,
  )
  const zone = {
    name: 'path',
    polygon: [
      [0, 0],
      [1, 0],
      [1, 1],
    ],
  }
  t.match(
    refusal(t, { events: { cameras: { porch: { zones: [zone, zone] } } } }),
    /zones\[1\]\.name: expected a name that no other zone has, found "path" again/,
  )
})
