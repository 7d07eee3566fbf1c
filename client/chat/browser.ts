// The browser behind surroundings.ts.
import type { Random, Shelf, Signals, Socket } from './surroundings.ts'

export const browserRandom: Random = {
  uuid() {
    // crypto.randomUUID exists in secure contexts only, and a stage on a home network is plain http.
    const bytes = crypto.getRandomValues(new Uint8Array(16))
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  },
  fraction: () => Math.random(),
}

export const browserSignals: Signals = {
  online: () => navigator.onLine,
  visible: () => document.visibilityState === 'visible',
  subscribe(fn) {
    const online = () => fn('online')
    const offline = () => fn('offline')
    const visible = () => {
      if (document.visibilityState === 'visible') fn('visible')
    }
    addEventListener('online', online)
    addEventListener('offline', offline)
    // A page that comes out of the back-forward cache has a dead socket and fires no visibilitychange.
    addEventListener('pageshow', visible)
    document.addEventListener('visibilitychange', visible)
    return () => {
      removeEventListener('online', online)
      removeEventListener('offline', offline)
      removeEventListener('pageshow', visible)
      document.removeEventListener('visibilitychange', visible)
    }
  },
}

export function openSocket(): Socket {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  return new WebSocket(`${scheme}://${location.host}/chat`) as Socket
}

/** Storage that a private window or a full disk refuses behaves as if it were empty. */
export function shelfOf(storage: () => Storage): Shelf {
  const attempt = <T>(fn: (storage: Storage) => T, otherwise: T): T => {
    try {
      return fn(storage())
    } catch {
      return otherwise
    }
  }
  return {
    keys: () => attempt((given) => Object.keys(given), []),
    get: (key) => attempt((given) => given.getItem(key), null),
    set: (key, value) => attempt((given) => given.setItem(key, value), undefined),
    remove: (key) => attempt((given) => given.removeItem(key), undefined),
  }
}
