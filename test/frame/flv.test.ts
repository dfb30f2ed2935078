import t from 'tap'
import { endOfSequence, flvHeader, stamp } from '../../src/frame/flv.js'
import { flvSplitter } from '../../src/frame/flv-splitter.js'
import { unit } from '../fixtures/flv.js'

function times(data: Buffer): { time: number; delay: number } {
  return { time: data.readUIntBE(4, 3) + data[7]! * 2 ** 24, delay: data.readIntBE(13, 3) }
}

t.test('a shown picture has even times and a hidden one odd times, next to its own', async t => {
  const cases = [
    [{ time: 1000, delay: 200 }, true, { time: 1000, delay: 200 }],
    [{ time: 1000, delay: 200 }, false, { time: 1001, delay: 200 }],
    [{ time: 1033, delay: 67 }, true, { time: 1032, delay: 66 }],
    [{ time: 1033, delay: 67 }, false, { time: 1033, delay: 66 }],
    [{ time: 40, delay: -33 }, true, { time: 40, delay: -32 }],
    // the longest time: 2^31 - 1
    [{ time: 2 ** 31 - 1 }, true, { time: 2 ** 31 - 2, delay: 0 }],
    [{ time: 2 ** 31 - 1 }, false, { time: 2 ** 31 - 1, delay: 0 }],
  ] as const
  for (const [shape, shown, expected] of cases) {
    const tag = unit('between', shape)
    const { length } = tag.data
    stamp(tag, shown)
    t.same(times(tag.data), expected)
    t.equal(tag.data.length, length)
  }
})

t.test(
  'the end of a sequence is a tag with one NAL unit of type 10, at the time of the key',
  async t => {
    const key = unit('key', { time: 2 ** 24 + 6, delay: 80 })
    const before = Buffer.from(key.data)
    const end = endOfSequence(key)
    const [tag] = flvSplitter().push(Buffer.concat([flvHeader, end]))
    t.equal(tag?.kind, 'between')
    t.same(times(end), { time: 2 ** 24 + 6, delay: 80 })
    t.same([...end.subarray(16, -4)], [0, 0, 0, 1, 10])
    t.same(key.data, before)
  },
)
