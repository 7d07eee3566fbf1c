// What the host shows and says: one picture track (camera or screen), one mixed sound track, and the troubles
// of both. Publishing is somebody else's.
import type { Mixer } from './mixer.ts'
import type { QualityName } from './quality.ts'
import type { Devices, Sources } from './sources.ts'
import { lost, troubleOf, type Trouble, type Wanted } from './troubles.ts'

export type CaptureState = {
  devices: Devices
  source: 'camera' | 'screen'
  video: MediaStreamTrack | null
  /** Ids of the devices in use; null: none. */
  camera: string | null
  microphone: string | null
  muted: boolean
  /** A permission question or a device is being waited for. */
  opening: boolean
  videoTrouble: Trouble | null
  audioTrouble: Trouble | null
}
export type Capture = ReturnType<typeof createCapture>

const NOTHING: Devices = { cameras: [], microphones: [] }

export function createCapture(deps: { sources: Sources; mixer: Mixer; show(state: CaptureState): void }) {
  const { sources, mixer } = deps
  let quality: QualityName = '720p'
  let microphone: MediaStreamTrack | null = null
  let screenSound: MediaStreamTrack | null = null
  /** The last wish wins: what an older one opens is closed again. */
  const wishes = { video: 0, audio: 0 }
  let state: CaptureState = {
    devices: NOTHING,
    source: 'camera',
    video: null,
    camera: null,
    microphone: null,
    muted: false,
    opening: false,
    videoTrouble: null,
    audioTrouble: null,
  }

  function set(change: Partial<CaptureState>): void {
    state = { ...state, ...change }
    deps.show(state)
  }

  async function refresh(): Promise<void> {
    set({ devices: await sources.list().catch(() => NOTHING) })
  }

  function takeVideo(track: MediaStreamTrack, source: 'camera' | 'screen'): void {
    state.video?.stop()
    track.addEventListener('ended', () => {
      if (state.video === track) set({ videoTrouble: lost(source) })
    })
    // A new picture replaces the screen, and with it the screen's sound.
    if (source === 'camera') takeScreenSound(null)
    const camera = source === 'camera' ? (track.getSettings().deviceId ?? null) : state.camera
    set({ video: track, source, camera, videoTrouble: null })
  }

  function takeMicrophone(track: MediaStreamTrack | null): void {
    microphone?.stop()
    microphone = track
    mixer.set('microphone', track)
    track?.addEventListener('ended', () => {
      if (microphone === track) set({ audioTrouble: lost('microphone'), microphone: null })
    })
    set({ microphone: track?.getSettings().deviceId ?? null, audioTrouble: null })
  }

  function takeScreenSound(track: MediaStreamTrack | null): void {
    screenSound?.stop()
    screenSound = track
    mixer.set('screen', track)
  }

  /** Runs one wish for a picture or a sound; says what went wrong where it belongs. */
  async function wish<
    T extends MediaStreamTrack | { video: MediaStreamTrack; audio: MediaStreamTrack | null },
  >(
    kind: 'video' | 'audio',
    wanted: Wanted,
    open: () => Promise<T>,
    take: (opened: T) => void,
  ): Promise<'done' | 'denied' | 'failed'> {
    const mine = ++wishes[kind]
    set({ opening: true })
    try {
      const opened = await open()
      if (mine === wishes[kind]) take(opened)
      else for (const track of tracksOf(opened)) track.stop()
      return 'done'
    } catch (error) {
      const trouble = troubleOf(error, wanted)
      if (mine === wishes[kind] && trouble)
        set(kind === 'video' ? { videoTrouble: trouble } : { audioTrouble: trouble })
      return error instanceof Error && error.name === 'NotAllowedError' ? 'denied' : 'failed'
    } finally {
      if (mine === wishes[kind]) set({ opening: false })
    }
  }

  async function useCamera(id: string | null): Promise<void> {
    await wish(
      'video',
      'camera',
      () => sources.camera(id, quality),
      (track) => takeVideo(track, 'camera'),
    )
    await refresh()
  }

  async function useMicrophone(id: string | null): Promise<void> {
    await wish('audio', 'microphone', () => sources.microphone(id), takeMicrophone)
    await refresh()
  }

  return {
    state: () => state,
    refresh,
    useCamera,
    useMicrophone,
    /** Camera and microphone by one question; where only one of them can be had, that one. */
    async open(): Promise<void> {
      wishes.audio += 1
      const outcome = await wish(
        'video',
        'camera and microphone',
        () => sources.both(quality),
        ({ video, audio }) => {
          takeVideo(video, 'camera')
          takeMicrophone(audio)
        },
      )
      // A person who said no is not asked twice more.
      if (outcome !== 'failed') return refresh()
      const refusedBoth = state.videoTrouble
      await useCamera(null)
      await useMicrophone(null)
      if (state.videoTrouble && state.audioTrouble && refusedBoth)
        set({ videoTrouble: refusedBoth, audioTrouble: null })
    },
    async useScreen(): Promise<void> {
      await wish(
        'video',
        'screen',
        () => sources.screen(quality),
        ({ video, audio }) => {
          takeVideo(video, 'screen')
          takeScreenSound(audio)
        },
      )
    },
    noMicrophone(): void {
      wishes.audio += 1
      takeMicrophone(null)
    },
    mute(muted: boolean): void {
      mixer.mute(muted)
      set({ muted })
    },
    async setQuality(next: QualityName): Promise<void> {
      quality = next
      if (state.source === 'camera' && state.video) await useCamera(state.camera)
    },
    /** After a phone call or a stay in the background tracks can be dead while they claim to live. */
    async revive(): Promise<void> {
      mixer.wake()
      const dead = (track: MediaStreamTrack | null) =>
        track !== null && (track.muted || track.readyState === 'ended')
      if (state.source === 'camera' && dead(state.video)) await useCamera(state.camera)
      if (dead(microphone)) await useMicrophone(state.microphone)
    },
    stop(): void {
      wishes.video += 1
      wishes.audio += 1
      takeScreenSound(null)
      microphone?.stop()
      microphone = null
      state.video?.stop()
      set({ video: null })
      mixer.stop()
    },
  }
}

function tracksOf(
  opened: MediaStreamTrack | { video: MediaStreamTrack; audio: MediaStreamTrack | null },
): MediaStreamTrack[] {
  return 'video' in opened ? [opened.video, ...(opened.audio ? [opened.audio] : [])] : [opened]
}
