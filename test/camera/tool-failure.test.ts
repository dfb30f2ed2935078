import t from 'tap'
import { toolFailure } from '../../src/camera/tool-failure.js'

t.test('the last words of a tool are told without secrets', async t => {
  const failure = toolFailure('ffmpeg', { code: 1, stderr: ['a', 'rtsp://u:SECRET@h/x: refused'] })
  t.equal(failure.code, 'CAMERA_FAILED')
  t.equal(failure.message, 'ffmpeg ended with exit code 1: a | rtsp://*** refused')
})

t.test('a silent tool is told as silent', async t => {
  const failure = toolFailure('ffmpeg', { code: null, stderr: [] })
  t.equal(failure.message, 'ffmpeg ended with exit code null: it said nothing')
})
