import t from 'tap'
import { checkCameraTools } from '../../src/doctor/camera-tools.js'
import { surroundingsOf } from '../fixtures/surroundings.js'

const porch = { cameras: [{ id: 'porch', type: 'libcamera' }] }

t.test('the tools of a Raspberry Pi are told with their version', async t => {
  t.match(await checkCameraTools(await surroundingsOf(t, 'doctor-pi5', porch)), [
    { state: 'well', essential: true, found: 'v1.7.0: rpicam-vid, rpicam-jpeg, rpicam-still' },
  ])
})

t.test('they are missed on a Raspberry Pi, elsewhere only by a camera', async t => {
  t.match(await checkCameraTools(await surroundingsOf(t, 'doctor-pi4-bare')), [
    { state: 'missing', essential: false, found: /CSI/, mend: 'sudo apt install rpicam-apps' },
  ])
  t.same(await checkCameraTools(await surroundingsOf(t, 'doctor-x86')), [])
  t.match(await checkCameraTools(await surroundingsOf(t, 'doctor-x86', porch)), [
    { state: 'missing', essential: true, found: 'rpicam-vid not found; needed for porch' },
  ])
})

t.test('old tools work, but find no camera by themselves', async t => {
  const old = { 'bin/libcamera-vid': '#!/bin/sh\n', 'bin/libcamera-jpeg': '#!/bin/sh\n' }
  t.match(await checkCameraTools(await surroundingsOf(t, 'doctor-pi4-bare', {}, old)), [
    {
      state: 'notice',
      found: /^of unknown version: libcamera-vid, libcamera-jpeg; without rpicam-vid/,
      mend: 'sudo apt install rpicam-apps',
    },
  ])
})
