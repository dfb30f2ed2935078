import t from 'tap'
import { maskSecret, maskUrls, urlLabel } from '../../src/lib/mask.js'

t.test('nothing secret of a URL survives, however it is spelled or cut', async t => {
  const spellings = [
    'rtsp://user:SECRET@host/live',
    'rtsp://user:SECRET',
    'rtsp://user:S%45CRET@[::1]:554/live?x=SECRET',
    'RTSP://user:SECRET@SECRET@host',
    'rtsp:/user:SECRET@host',
    'https://host/cgi?user=a&pwd=SECRET',
    'user:SECRET@host/live',
  ]
  for (const url of spellings) {
    const masked = maskUrls(`[tcp @ 0x55] opening '${url}' failed: refused`)
    t.notMatch(masked, /SECRET/, url)
    t.match(masked, /^\[tcp @ 0x55\] opening .* failed: refused$/)
  }
})

t.test('text without URLs stays as it is', async t => {
  const text = 'frame 12: no marker at 0x10, see src/camera.ts:3 @ line 4'
  t.equal(maskUrls(text), text)
})

t.test('a label keeps the host only, as paths are keys, too', async t => {
  const url = new URL('rtsp://user:SECRET@host:8554/live/1?pwd=SECRET#SECRET')
  t.equal(urlLabel(url), 'rtsp://host:8554/***')
  t.equal(urlLabel(new URL('http://host')), 'http://host/')
})

t.test('a known secret is taken out of whatever somebody else says', async t => {
  t.equal(maskSecret('you sent a b/c twice: a%20b%2Fc', 'a b/c'), 'you sent *** twice: ***')
  t.equal(maskSecret('nothing to hide', undefined), 'nothing to hide')
})
