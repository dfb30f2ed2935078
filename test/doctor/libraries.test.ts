import t from 'tap'
import { checkLibraries, librariesCheck } from '../../src/doctor/libraries.js'
import { surroundingsOf } from '../fixtures/surroundings.js'

t.test('the compiled libraries of this machine can be loaded', async t => {
  t.match(await checkLibraries(await surroundingsOf(t, 'doctor-pi5')), [
    {
      state: 'well',
      essential: true,
      found: 'ONNX Runtime, sharp and the compiled decoder can be loaded',
    },
  ])
})

t.test('one that cannot be loaded is missing, with the first line of the reason', async t => {
  const check = librariesCheck([
    { name: 'whole', load: async () => {} },
    { name: 'broken', load: () => import(`${'file:///nowhere'}/broken.node`) },
  ])
  t.match(await check(await surroundingsOf(t, 'doctor-pi5')), [
    {
      state: 'missing',
      essential: true,
      found: /^broken cannot be loaded: Cannot find module .*broken\.node/,
      mend: /^cd .* && npm ci$/,
    },
  ])
  const broken = { name: 'broken', load: () => Promise.reject(new Error('another machine')) }
  const installed = librariesCheck([broken], t.testdir({}))
  t.match(await installed(await surroundingsOf(t, 'doctor-pi5')), [
    { state: 'missing', mend: /^install the package of this kind of machine again/ },
  ])
})

t.test('without one that another can stand in for, it is only told', async t => {
  const check = librariesCheck([
    { name: 'whole', load: async () => {} },
    { name: 'quick', load: () => Promise.reject(new Error('no such file')), without: 'it is slow' },
  ])
  t.same(await check(await surroundingsOf(t, 'doctor-pi5')), [
    {
      subject: 'libraries',
      state: 'notice',
      essential: false,
      found: 'quick cannot be loaded: no such file; it is slow',
    },
  ])
})
