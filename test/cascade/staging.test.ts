import t from 'tap'
import { createStaging } from '../../src/cascade/staging.js'

const raw = (width: number, grey: number) =>
  ({
    format: 'yuv420',
    width,
    height: 2,
    data: new Uint8Array(width * 3).fill(grey),
  }) as const

t.test('a raw picture is staged in memory of its camera, which is used again', async t => {
  const { stage, forget } = createStaging()
  const first = stage('porch', raw(4, 1))
  t.ok(first.data.buffer instanceof SharedArrayBuffer)
  t.same(first, { ...raw(4, 1), data: first.data })
  t.same([...first.data], Array(12).fill(1))
  const other = stage('street', raw(4, 2))
  const second = stage('porch', raw(4, 3))
  t.equal(second.data, first.data)
  t.same([...other.data], Array(12).fill(2))
  const larger = stage('porch', raw(8, 4))
  t.equal(larger.data.length, 24)
  forget('porch')
  t.not(stage('porch', raw(8, 5)).data, larger.data)
})

t.test('a compressed picture goes as it is', async t => {
  const picture = { format: 'jpeg', width: 4, height: 2, data: Uint8Array.of(1) } as const
  t.equal(createStaging().stage('porch', picture), picture)
})
