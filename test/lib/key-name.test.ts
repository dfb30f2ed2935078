import t from 'tap'
import { keyName } from '../../src/lib/key-name.js'

const words = ['fps', 'password', 'path', 'port', 'username']

t.test('known words and what is like one are shown', async t => {
  for (const key of [
    'port',
    'prt',
    'prot',
    'Port',
    'ports',
    'fsp',
    'pasword',
    'user_name',
    'pasworld',
  ])
    t.equal(keyName(key, words), key)
})

t.test('of anything else no more than the known word that it begins with', async t => {
  for (const [key, name] of [
    ['hunter2', '…'],
    ['passwordhunter2', 'password…'],
    ['portal of porters', 'port…'],
    ['fpshunter2', 'fps…'],
    ['abc', '…'],
    ['otpr', '…'],
    ['', '…'],
  ] as const)
    t.equal(keyName(key, words), name)
})
