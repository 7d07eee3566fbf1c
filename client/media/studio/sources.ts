// Cameras, microphones and screens of this device: what there is, and opening one.
import { QUALITIES, type QualityName } from './quality.ts'

export type Device = { id: string; label: string }
export type Devices = { cameras: Device[]; microphones: Device[] }
export type Sources = {
  list: typeof listDevices
  both: typeof openBoth
  camera: typeof openCamera
  microphone: typeof openMicrophone
  screen: typeof openScreen
}

/** Before the first permission browsers give devices without names; then there is nothing to choose by. */
export async function listDevices(): Promise<Devices> {
  const all = await navigator.mediaDevices.enumerateDevices()
  const of = (kind: MediaDeviceKind, name: string): Device[] =>
    all
      .filter((one) => one.kind === kind && one.deviceId !== '')
      .map((one, i) => ({ id: one.deviceId, label: one.label || `${name} ${i + 1}` }))
  return { cameras: of('videoinput', 'Camera'), microphones: of('audioinput', 'Microphone') }
}

/** Both in one question to the person. */
export async function openBoth(
  quality: QualityName,
): Promise<{ video: MediaStreamTrack; audio: MediaStreamTrack }> {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: cameraWishes(null, quality),
    audio: microphoneWishes(null),
  })
  return { video: first(stream.getVideoTracks()), audio: first(stream.getAudioTracks()) }
}

/** `id` null: the device the browser prefers. */
export async function openCamera(id: string | null, quality: QualityName): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: cameraWishes(id, quality) })
  return first(stream.getVideoTracks())
}

export async function openMicrophone(id: string | null): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: microphoneWishes(id) })
  return first(stream.getAudioTracks())
}

function cameraWishes(id: string | null, quality: QualityName): MediaTrackConstraints {
  const { width, height, fps } = QUALITIES[quality]
  return {
    ...which(id),
    width: { ideal: width },
    height: { ideal: height },
    frameRate: { ideal: fps, max: fps },
  }
}

const microphoneWishes = (id: string | null): MediaTrackConstraints => ({
  ...which(id),
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
})

/** Sound comes along where the browser offers it (a tab, or the whole system). */
export async function openScreen(
  quality: QualityName,
): Promise<{ video: MediaStreamTrack; audio: MediaStreamTrack | null }> {
  const { width, height, fps } = QUALITIES[quality]
  const stream = await navigator.mediaDevices.getDisplayMedia({
    video: { width: { max: width }, height: { max: height }, frameRate: { max: fps } },
    audio: true,
  })
  const video = first(stream.getVideoTracks())
  // Text matters more than motion on a screen.
  video.contentHint = 'detail'
  return { video, audio: stream.getAudioTracks()[0] ?? null }
}

const which = (id: string | null): MediaTrackConstraints => (id === null ? {} : { deviceId: { exact: id } })

function first(tracks: MediaStreamTrack[]): MediaStreamTrack {
  const [track] = tracks
  if (!track) throw new DOMException('the browser gave no track', 'NotFoundError')
  return track
}

export const browserSources: Sources = {
  list: listDevices,
  both: openBoth,
  camera: openCamera,
  microphone: openMicrophone,
  screen: openScreen,
}
