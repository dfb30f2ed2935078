import t from 'tap'
import { differ } from '../../src/lib/differ.js'

t.test('settings differ where anything in them does', async t => {
  t.notOk(differ({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }))
  t.ok(differ({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }))
  t.ok(differ(undefined, {}))
  t.notOk(differ(undefined, undefined))
})
