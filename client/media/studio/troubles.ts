// What can go wrong between a host and their camera, in words that say what to do.
export type Trouble = {
  title: string
  more: string
  /** What the person can press to go on. */
  offer: 'retry' | 'choose' | 'none'
}

export type Wanted = 'camera' | 'microphone' | 'camera and microphone' | 'screen'

/** Null for what is no trouble: the person closed the screen picker. */
export function troubleOf(error: unknown, wanted: Wanted): Trouble | null {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
      if (wanted === 'screen') return null
      return {
        title: `This page may not use your ${wanted}`,
        more: 'Allow it in the address bar (or in the settings of your device), then try again.',
        offer: 'retry',
      }
    case 'NotFoundError':
    case 'OverconstrainedError':
      return {
        title: `No ${wanted} found`,
        more: 'Plug one in, or choose another source.',
        offer: 'choose',
      }
    case 'NotReadableError':
    case 'AbortError':
      return {
        title: `Your ${wanted} cannot be read`,
        more: 'Another program may be using it. Close that program and try again.',
        offer: 'retry',
      }
    case 'SecurityError':
      return {
        title: `Your ${wanted} is blocked here`,
        more: 'A setting of the browser or of your organisation forbids it.',
        offer: 'none',
      }
    default:
      return {
        title: `Your ${wanted} did not start`,
        more: 'Try again, or choose another source.',
        offer: 'retry',
      }
  }
}

export type Abilities = { secure: boolean; devices: boolean; encoder: boolean }

/** What keeps this page from going live at all, or null. */
export function missing(abilities: Abilities): Trouble | null {
  if (!abilities.secure || !abilities.devices)
    return {
      title: 'Going live needs a secure address',
      more: 'Browsers give cameras to https pages and to localhost only. Open the studio over https.',
      offer: 'none',
    }
  if (!abilities.encoder)
    return {
      title: 'This browser cannot encode video',
      more: 'Use a current Chrome, Edge, Safari (17 or later) or Firefox, or stream from OBS.',
      offer: 'none',
    }
  return null
}

export const abilitiesHere = (): Abilities => ({
  secure: globalThis.isSecureContext,
  devices: 'mediaDevices' in navigator,
  encoder: 'VideoEncoder' in globalThis && 'AudioData' in globalThis,
})

/** A device that left while it was in use. */
export const lost = (what: 'camera' | 'microphone' | 'screen'): Trouble =>
  what === 'screen'
    ? { title: 'Screen sharing stopped', more: 'Choose what to show now.', offer: 'choose' }
    : { title: `The ${what} is gone`, more: 'Plug it in again, or choose another one.', offer: 'choose' }
