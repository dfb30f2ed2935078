import { resolve } from 'node:path'
import t from 'tap'
import { parseInput } from '../../src/camera/ffmpeg-input.js'

t.test('devices, camera URLs and files are recognised by their shape', async t => {
  const cases = {
    '/dev/video0': ['device', '/dev/video0', '/dev/video0'],
    '/dev/v4l/by-id/usb-046d_C920-video-index0': ['device', /C920/, /C920/],
    '/dev/v4l/by-path/pci-0000:00:14.0-usb-0:2:1.0-video-index0': ['device', /pci/, /pci/],
    'rtsp://user:SECRET@cam.local:554/live?x=1': ['rtsp', /SECRET/, 'rtsp://cam.local:554/***'],
    'rtsps://10.0.0.2/live': ['rtsp', 'rtsps://10.0.0.2/live', 'rtsps://10.0.0.2/***'],
    'http://u:SECRET@10.0.0.2/mjpg': ['http', /SECRET/, 'http://10.0.0.2/***'],
    'https://10.0.0.2/mjpg?pwd=SECRET': ['http', /SECRET/, 'https://10.0.0.2/***'],
    'rtsp://10.0.0.2/user=admin_password=SECRET_channel=1': [
      'rtsp',
      /SECRET/,
      'rtsp://10.0.0.2/***',
    ],
    '/srv/clip.mp4': ['file', 'file:/srv/clip.mp4', '/srv/clip.mp4'],
    'clips/a b.mp4': ['file', `file:${resolve('clips/a b.mp4')}`, resolve('clips/a b.mp4')],
  }
  for (const [input, [kind, target, label]] of Object.entries(cases)) {
    t.match(parseInput(input), { kind, target, label }, input)
  }
})

t.test('only what a kind needs may be opened by ffmpeg', async t => {
  t.equal(parseInput('/a.mp4').protocols, 'file')
  t.equal(parseInput('/dev/video0').protocols, 'file')
  for (const url of ['rtsp://h/x', 'rtsps://h/x', 'http://h/x', 'https://h/x']) {
    t.notMatch(parseInput(url).protocols, /file|concat|pipe|data/, url)
  }
})

t.test('only streams of JPEGs are passed on as they are', async t => {
  const inputs = ['/a.mjpeg', '/a.MJPG', 'http://h/x', '/dev/video1', '/a.mp4', 'rtsp://h/x']
  t.same(
    inputs.map(input => parseInput(input).mjpeg),
    [true, true, true, true, false, false],
  )
})

t.test('everything else is refused, in every spelling', async t => {
  const evil = [
    '',
    '-i evil',
    '-',
    '--help',
    'exec:cat /etc/passwd',
    'EXEC:cat /etc/passwd',
    'concat:/etc/passwd|/etc/shadow',
    'concatf:/etc/passwd',
    'subfile,,start,0,end,9,,:/etc/passwd',
    'file:/etc/passwd',
    'file:///etc/passwd',
    'pipe:0',
    'data:image/jpeg;base64,AAAA',
    'crypto:/etc/passwd',
    'tee:/tmp/a',
    'lavfi:testsrc',
    'ftp://user:SECRET@host/x',
    'rtmp://host/x',
    'rtsp:/user:SECRET@host/x',
    'rtsp://',
    'http://',
    'user:SECRET@host/x',
    'htt\0://host/user=admin&password=SECRET',
    'rtsp ://host/SECRET',
    '/dev/../etc/passwd',
    '/dev/video0/../../etc/passwd',
    '/dev/video',
    '/dev/video0 -i x',
    '/dev/video0\n',
    '/dev/v4l/by-id/../../sda',
    '/dev/v4l/by-id/a b',
    '/dev/v4l/by-magic/a',
    '/dev',
    '/dev/stdin',
    '/dev/sda',
    '/proc/self/environ',
    '/sys/class',
    '//dev/sda',
    '/srv/../dev/sda',
    '../clip.mp4',
    'clip\0.mp4',
    'clip\n.mp4',
  ]
  for (const input of evil) {
    const refused = { code: 'CONFIG_INVALID', message: /^input: expected .*, found / }
    t.throws(() => parseInput(input), refused, JSON.stringify(input))
    try {
      parseInput(input)
    } catch (error) {
      t.notMatch(String(error), /SECRET/)
    }
  }
})
