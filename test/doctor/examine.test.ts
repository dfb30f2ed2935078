import t from 'tap'
import { CHECKS, canServe, examine, type NamedCheck } from '../../src/doctor/examine.js'
import type { Finding } from '../../src/doctor/finding.js'
import { surroundingsOf } from '../fixtures/surroundings.js'

const finding = (more: Partial<Finding> = {}): Finding => ({
  subject: 'thing',
  state: 'well',
  essential: false,
  found: 'there',
  ...more,
})

/** Subjects, in the order in which their checks began and ended. */
function traced() {
  const trace: string[] = []
  const named = (subject: string, alone = false): NamedCheck => ({
    subject,
    alone,
    async check() {
      trace.push(`${subject} begins`)
      await new Promise(setImmediate)
      trace.push(`${subject} ends`)
      return [finding({ subject })]
    },
  })
  return { trace, named }
}

t.test(
  'what measures runs first and alone, the rest together; the order of telling stays',
  async t => {
    const { trace, named } = traced()
    const checks = [named('one'), named('two', true), named('three'), named('four', true)]
    const findings = await examine(await surroundingsOf(t, 'doctor-pi5'), checks)
    t.same(
      findings.map(({ subject }) => subject),
      ['one', 'two', 'three', 'four'],
    )
    t.same(trace, [
      ...['two begins', 'two ends', 'four begins', 'four ends'],
      ...['one begins', 'three begins', 'one ends', 'three ends'],
    ])
  },
)

t.test('a check that fails or hangs becomes a finding, and what it started is ended', async t => {
  const signals: AbortSignal[] = []
  const checks: NamedCheck[] = [
    {
      subject: 'broken',
      check: async () => {
        throw new Error('no such luck')
      },
    },
    {
      subject: 'stuck',
      check({ signal }) {
        signals.push(signal)
        return new Promise(() => {})
      },
    },
  ]
  t.match(await examine(await surroundingsOf(t, 'doctor-pi5'), checks, 50), [
    { state: 'notice', essential: false, found: 'could not be looked at: no such luck' },
    { subject: 'stuck', state: 'notice', found: 'could not be looked at: no answer within 0.05 s' },
  ])
  t.same(
    signals.map(({ aborted }) => aborted),
    [true],
  )
})

t.test('only what is essential and missing keeps it from serving', t => {
  t.ok(canServe([]))
  t.ok(canServe([finding({ essential: true }), finding({ state: 'missing' })]))
  t.ok(canServe([finding({ essential: true, state: 'notice' })]))
  t.notOk(canServe([finding(), finding({ essential: true, state: 'missing' })]))
  t.end()
})

const subjectsBy = (findings: readonly Finding[], state: Finding['state']) =>
  findings.filter(found => found.state === state).map(({ subject }) => subject)

t.test('a healthy Raspberry Pi 5 lacks nothing but a meter that is wired up', async t => {
  const findings = await examine(await surroundingsOf(t, 'doctor-pi5', { server: { port: 0 } }))
  t.same(subjectsBy(findings, 'missing'), [])
  t.same(subjectsBy(findings, 'notice'), ['meters'])
  t.ok(canServe(findings))
  t.ok(
    CHECKS.every(
      ({ subject }) => findings.some(f => f.subject === subject) || subject === 'groups',
    ),
  )
})

t.test(
  'a bare Raspberry Pi 4 is told what to install, and serves its demo all the same',
  async t => {
    const findings = await examine(
      await surroundingsOf(t, 'doctor-pi4-bare', { server: { port: 0 } }),
    )
    t.same(subjectsBy(findings, 'missing'), ['ffmpeg', 'rpicam', 'vcgencmd'])
    t.same(subjectsBy(findings, 'notice'), [
      'processor',
      'temperature',
      'supply',
      'clock',
      'cameras',
      'meters',
    ])
    t.ok(canServe(findings))
  },
)
