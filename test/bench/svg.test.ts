import t from 'tap'
import { escapeXml, line, pixel, text } from '../../src/bench/svg.js'

t.test('what people write cannot become markup', async t => {
  t.equal(escapeXml(`<a href="x">R&D</a>`), '&lt;a href=&quot;x&quot;&gt;R&amp;D&lt;/a&gt;')
  t.match(text('quiet', 1, 2, 'end', '</text><script>'), />&lt;\/text&gt;&lt;script&gt;<\/text>$/)
})

t.test('places are told to a tenth of a pixel', async t => {
  t.equal(pixel(12.3456), '12.3')
  t.equal(pixel(12), '12')
  t.equal(line('grid', 0.04, 1.06, 2, 3), '<line class="grid" x1="0" y1="1.1" x2="2" y2="3"/>')
  t.equal(
    text('name c0', 1.25, 2, 'start', 'scout'),
    '<text class="name c0" x="1.3" y="2" text-anchor="start">scout</text>',
  )
})
