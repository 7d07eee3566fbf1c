import { expect, test } from 'vitest'
import { adviceOn, receiving } from './encoder-words.ts'

const obs = {
  kind: 'rtmp',
  since: 0,
  kbps: 2_512,
  fps: 29.9,
  keyFrameMs: 1_000,
  width: 1280,
  height: 720,
} as const

test('V11 what an encoder sends is said in numbers, and without numbers until there are some', () => {
  expect(receiving(obs)).toBe('Receiving 2,512 kbit/s, 30 fps, 1280×720.')
  expect(receiving({ ...obs, width: null, height: null, fps: 0 })).toBe('Receiving 2,512 kbit/s, no picture.')
  expect(receiving({ ...obs, kbps: 0, fps: 0 })).toBe('An encoder is connected.')
})

test('V11 rare key frames are advised against, for encoders alone', () => {
  expect(adviceOn({ ...obs, keyFrameMs: 8_333 })).toContain('every 8.3 s')
  expect(adviceOn({ ...obs, keyFrameMs: 2_000 })).toBeNull()
  expect(adviceOn({ ...obs, keyFrameMs: null })).toBeNull()
  expect(adviceOn({ ...obs, kind: 'browser', keyFrameMs: 8_333 })).toBeNull()
})
