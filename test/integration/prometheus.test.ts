/** What docs/monitoring says, held against a real Prometheus that scrapes a real server. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { packageRoot } from '../../src/lib/package.js'
import { startMetered } from '../fixtures/metered.js'
import { runProgram } from '../fixtures/program.js'
import { startPrometheus } from '../fixtures/prometheus.js'

const docs = join(packageRoot, 'docs')
const read = (name: string): string => readFileSync(join(docs, name), 'utf8')
const TOKEN = 'correct horse battery'

interface Dashboard {
  readonly panels: readonly {
    readonly title: string
    readonly targets?: readonly { readonly expr: string }[]
  }[]
  readonly templating: { readonly list: readonly { readonly definition?: string }[] }
}

const dashboard: Dashboard = JSON.parse(read('monitoring/grafana-dashboard.json'))
const panels = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => ({ title, expr })),
)
const variables = dashboard.templating.list.flatMap(({ definition = [] }) => definition)

/** As Grafana fills in its variables. */
function filled(expression: string, instance: string): string {
  return expression
    .replaceAll('$__rate_interval', '1m')
    .replaceAll('$__range', '1m')
    .replaceAll('$instance', instance)
    .replaceAll('$camera', '.*')
}

t.test('promtool finds nothing wrong with our files', async t => {
  for (const [what, file] of [
    ['config', 'prometheus.yml'],
    ['rules', 'rules.yml'],
  ] as const) {
    const { code, stderr } = await runProgram('promtool', [
      'check',
      what,
      join(docs, 'monitoring', file),
    ])
    t.equal(code, 0, stderr)
  }
})

t.test('alerts fire when what they are for lasts, and not before', async t => {
  const bad = [
    ['up{job="squint",instance="a"}', '0x10'],
    ['squint_camera_up{camera="porch"}', '0x10'],
    ['squint_under_voltage', '1x10'],
    ['squint_throttled', '1x10'],
    ['squint_temperature_celsius', '81x10'],
    ['squint_meter_up', '0x10'],
  ] as const
  const good = [
    ['up{job="squint",instance="a"}', '1x10'],
    ['squint_camera_up{camera="porch"}', '1x10'],
    ['squint_under_voltage', '0x10'],
    ['squint_throttled', '0x10'],
    ['squint_temperature_celsius', '79x10'],
    ['squint_meter_up', '1x10'],
  ] as const
  const firing = (minutes: number, names: readonly string[]) => ({
    expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
    eval_time: `${minutes}m`,
    exp_samples: names.map(name => ({ labels: `{alertname="${name}"}`, value: 1 })),
  })
  const scene = (
    series: typeof good | typeof bad | readonly (readonly [string, string])[],
    ...expected: object[]
  ) => ({
    interval: '1m',
    input_series: series.map(([series, values]) => ({ series, values })),
    promql_expr_test: expected,
  })
  const atOnce = ['SquintUnderVoltage']
  const all = [...read('monitoring/rules.yml').matchAll(/alert: (\w+)/g)].map(([, name]) => name!)
  t.equal(all.length, bad.length)
  const folder = t.testdir({
    'tests.yml': JSON.stringify({
      rule_files: [join(docs, 'monitoring/rules.yml')],
      evaluation_interval: '1m',
      tests: [
        scene(bad, firing(0, atOnce), firing(6, all)),
        scene(good, firing(6, [])),
        // a healthy Orin at its highest power mode
        scene(
          [
            ['squint_under_voltage', '0x10'],
            ['squint_over_current_events_total{channel="oc3"}', '0+180x10'],
          ],
          firing(6, []),
        ),
      ],
    }),
  })
  const { code, stdout, stderr } = await runProgram('promtool', [
    'test',
    'rules',
    join(folder, 'tests.yml'),
  ])
  t.equal(code, 0, stdout + stderr)
})

t.test(
  'our metrics are as Prometheus wants them, and every name in the docs is one of them',
  async t => {
    const { text } = await startMetered(t, TOKEN)
    const exposed = await text()

    const folder = t.testdir({ 'metrics.txt': exposed })
    const { stdout, stderr } = await runProgram('sh', [
      '-c',
      `promtool check metrics < ${join(folder, 'metrics.txt')}`,
    ])
    // the name, told in the unit that frames are thought of in; the rest is prom-client's own
    const accepted =
      /^(squint_frame_energy_millijoules use base unit "joules"|nodejs_active_\w+_total non-counter metrics should not have "_total")/
    const complaints = (stdout + stderr)
      .split('\n')
      .filter(line => line !== '' && !accepted.test(line))
    t.same(complaints, [])

    const names = new Set([...exposed.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!))
    const known = (name: string): boolean =>
      names.has(name.replace(/_(bucket|sum|count)$/, '')) ||
      (name.endsWith('_') && [...names].some(each => each.startsWith(name)))
    // Home Assistant's entities in mqtt.md are no metrics
    const documents = readdirSync(docs, { recursive: true, encoding: 'utf8' })
      .filter(file => /\.(md|json|yml)$/.test(file) && !/^(bench|mqtt)/.test(file))
      .map(file => [file, read(file)] as const)
    documents.push(['../README.md', readFileSync(join(packageRoot, 'README.md'), 'utf8')])
    let found = 0
    for (const [file, content] of documents) {
      for (const [name] of content.matchAll(/\b(squint|nodejs|process)_[a-z][a-z0-9_]*/g)) {
        found++
        t.ok(known(name), `${file}: ${name}`)
      }
    }
    t.ok(found > 50, `${found} names`)
    for (const name of names) {
      if (name.startsWith('squint_'))
        t.ok(read('monitoring.md').includes(`\`${name}`), `monitoring.md explains ${name}`)
    }
  },
)

t.test('Prometheus scrapes a service, and every query of the dashboard has an answer', async t => {
  const { address } = await startMetered(t, TOKEN)
  const folder = t.testdir({ 'rules.yml': read('monitoring/rules.yml'), token: TOKEN })
  const config = read('monitoring/prometheus.yml')
    .replace('localhost:8080', address)
    .replaceAll('15s', '1s')
    // what the file tells to those who have set a token
    .replace(/^ {4}# (authorization:| +type:.*)$/gm, '    $1')
    .replace(/^ {4}# ( +credentials_file:).*$/m, `    $1 ${join(folder, 'token')}`)
  writeFileSync(join(folder, 'prometheus.yml'), config)
  const { ask, query } = await startPrometheus(t, folder)

  const scrapes = async () =>
    Number((await query('count_over_time(squint_power_above_idle_watts[1m])'))[0]?.value[1] ?? 0)
  while ((await scrapes()) < 3) await sleep(100)
  t.match(await query('up'), [
    { metric: { job: 'squint', instance: address }, value: [Number, '1'] },
  ])

  t.ok(panels.length > 40, `${panels.length} queries`)
  for (const { title, expr } of panels) {
    const answer = await query(filled(expr, address))
    t.ok(answer.length > 0, `${title}: ${expr}`)
  }
  t.ok(variables.length >= 2)
  for (const variable of variables) {
    const [, metric, label] = /^label_values\((.+), (\w+)\)$/.exec(variable) ?? []
    const values = await ask<string[]>(`label/${label}/values`, {
      'match[]': filled(metric!, address),
    })
    t.same(values, label === 'camera' ? ['porch', 'yard'] : [address], variable)
  }

  const [watts] = await query('squint_power_watts{rail="total"}')
  t.equal(watts?.value[1], '3.25')
  const { groups } = await ask<{ groups: { rules: { name: string; health: string }[] }[] }>(
    'rules',
    {},
  )
  t.ok(groups[0]!.rules.every(({ health }) => health !== 'err'))
})
