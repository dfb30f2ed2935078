import { join } from 'node:path'
import t from 'tap'
import { checkCameras } from '../../src/doctor/cameras.js'
import { surroundingsOf } from '../fixtures/surroundings.js'

t.test('what is plugged in is told', async t => {
  t.match(await checkCameras(await surroundingsOf(t, 'doctor-pi5')), [
    {
      state: 'well',
      found: 'plugged in: CSI camera 0, /dev/v4l/by-id/usb-046d_HD_Pro_Webcam_C920-video-index0',
    },
  ])
})

t.test('without a camera there is the demo', async t => {
  t.match(await checkCameras(await surroundingsOf(t, 'doctor-pi4-bare')), [
    { state: 'notice', essential: false, found: /demo/, mend: /docs\/configuration\.md/ },
  ])
})

const configured = {
  cameras: [
    { id: 'porch', type: 'libcamera' },
    { id: 'desk', type: 'ffmpeg', input: '/dev/video0' },
    { id: 'yard', type: 'ffmpeg', input: 'rtsp://user:secret@10.0.0.7/stream' },
    { id: 'album', type: 'replay', path: '/srv/pictures' },
    { id: 'show', type: 'demo' },
  ],
}

t.test('cameras of the configuration are there or not; secrets stay where they are', async t => {
  const surroundings = await surroundingsOf(t, 'doctor-pi5', configured, {
    'srv/pictures/1.jpg': 'a picture',
  })
  const findings = await checkCameras(surroundings)
  t.match(findings, [{ state: 'well', found: 'configured: porch, desk, yard, album, show' }])
  t.notMatch(JSON.stringify(findings), /secret/)

  await surroundings.board.set('dev/video0', undefined)
  await surroundings.board.set('bin/rpicam-vid', '#!/bin/sh\necho "No cameras available!"\n')
  t.match(await checkCameras(surroundings), [
    { state: 'notice', found: 'porch: CSI camera 0 is not there', mend: /Plug it in/ },
    { state: 'notice', found: 'desk: /dev/video0 is not there' },
  ])
})

t.test('without rpicam-vid nobody knows whether a CSI camera is there', async t => {
  const surroundings = await surroundingsOf(t, 'doctor-pi5', configured)
  const path = join(surroundings.board.root, 'nothing')
  t.match(await checkCameras({ ...surroundings, path }), [
    { state: 'notice', found: 'album: /srv/pictures is not there' },
  ])
})
