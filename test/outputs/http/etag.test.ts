import { Hono } from 'hono'
import t from 'tap'
import { etagOf, isKnown } from '../../../src/outputs/http/etag.js'

t.test('the same bytes have the same tag, others another', async t => {
  t.equal(etagOf(Buffer.from('ab')), etagOf('a', Buffer.from('b')))
  t.not(etagOf('ab'), etagOf('ac'))
  t.match(etagOf('ab'), /^"[\w-]{22}"$/)
})

t.test('a client may name several tags, and weak ones', async t => {
  const app = new Hono().get('/', context => context.json(isKnown(context, '"a"')))
  const known = async (tags?: string) =>
    (
      await app.request('/', { headers: tags === undefined ? {} : { 'If-None-Match': tags } })
    ).json()
  for (const tags of ['"a"', '"b", "a"', 'W/"a"', '"b",W/"a"']) t.equal(await known(tags), true)
  for (const tags of [undefined, '"b"', 'a', '"a']) t.equal(await known(tags), false)
})
