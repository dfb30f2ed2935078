import t from 'tap'
import { markdownTable } from '../../src/bench/markdown.js'

t.test('columns line up, numbers to the right', async t => {
  t.equal(
    markdownTable(
      [{ title: 'model' }, { title: 'ms', align: 'right' }],
      [
        ['scout', '2.9'],
        ['Füchsin 🦊', '10.5'],
      ],
    ),
    [
      '| model     |   ms |',
      '| --------- | ---: |',
      '| scout     |  2.9 |',
      '| Füchsin 🦊 | 10.5 |',
      '',
    ].join('\n'),
  )
})

t.test('narrow columns, and none below the head, are still a table', async t => {
  t.equal(markdownTable([{ title: 'n' }], []), '| n   |\n| --- |\n')
})

t.test('bars and line breaks stay inside their cell', async t => {
  t.equal(
    markdownTable([{ title: 'a|b' }], [['one \n  two']]),
    '| a\\|b    |\n| ------- |\n| one two |\n',
  )
})

t.test('a row with a cell too few or too many is refused', async t => {
  t.throws(() => markdownTable([{ title: 'a' }, { title: 'b' }], [['1']]), {
    name: 'RangeError',
    message: /expected 2 cells in a row, found 1/,
  })
})
