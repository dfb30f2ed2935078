import { Registry } from 'prom-client'
import t from 'tap'
import { createGauges } from '../../src/metrics/gauges.js'

t.test('what is read at a scrape has a line, and what cannot be told has none', async t => {
  const registry = new Registry()
  const { gauge, counter, gauges, counters } = createGauges(registry)
  let value: number | null = null
  let names = ['a', 'b']
  gauge('test_now', 'Now', () => value)
  counter('test_total', 'So far', () => value)
  gauges('test_each', 'Each', ['name'], () => names.map(name => [{ name }, 2] as const))
  counters('test_each_total', 'Each', ['name'], () => names.map(name => [{ name }, 3] as const))

  const lines = async () =>
    (await registry.metrics()).split('\n').filter(line => !/^#|^$/.test(line))
  t.same(await lines(), [
    'test_each{name="a"} 2',
    'test_each{name="b"} 2',
    'test_each_total{name="a"} 3',
    'test_each_total{name="b"} 3',
  ])
  value = 7
  names = ['b']
  const expected = [
    'test_now 7',
    'test_total 7',
    'test_each{name="b"} 2',
    'test_each_total{name="b"} 3',
  ]
  t.same(await lines(), expected)
  t.same(await lines(), expected, 'a second scrape does not count twice')
  value = null
  t.same(await lines(), expected.slice(2))
})
