import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { createPictures } from '../../../src/outputs/mqtt/pictures.js'

t.test('pictures are fetched one after the other, only the newest of a name', async t => {
  const errors: unknown[] = []
  const pictures = createPictures(error => errors.push(error))
  const log: string[] = []
  const release: (() => void)[] = []
  const fetch = (what: string) => async () => {
    log.push(what)
    await new Promise<void>(resolve => release.push(resolve))
    if (what === 'broken') throw new Error('broken')
  }
  pictures.want('porch', fetch('broken'))
  pictures.want('yard', fetch('old'))
  pictures.want('yard', fetch('new'))
  t.same(log, ['broken'])
  release.shift()!()
  await turn()
  t.same(log, ['broken', 'new'])
  t.match(errors, [/broken/])
  pictures.want('porch', fetch('late'))
  pictures.close()
  release.shift()!()
  await turn()
  t.same(log, ['broken', 'new'])
})
