// Keys for a recording. Pure: what a key asks for, or nothing.
export type KeyAction =
  | { is: 'toggle' | 'mute' | 'full' }
  /** Milliseconds from here. */
  | { is: 'skip'; ms: number }
  /** A share of the whole. */
  | { is: 'share'; of: number }
  | { is: 'louder'; by: number }
  | { is: 'faster'; by: 1 | -1 }

const ACTIONS: Partial<Record<string, KeyAction>> = {
  ' ': { is: 'toggle' },
  k: { is: 'toggle' },
  m: { is: 'mute' },
  f: { is: 'full' },
  arrowleft: { is: 'skip', ms: -5_000 },
  arrowright: { is: 'skip', ms: 5_000 },
  j: { is: 'skip', ms: -10_000 },
  l: { is: 'skip', ms: 10_000 },
  arrowup: { is: 'louder', by: 0.1 },
  arrowdown: { is: 'louder', by: -0.1 },
  home: { is: 'share', of: 0 },
  end: { is: 'share', of: 1 },
  '<': { is: 'faster', by: -1 },
  '>': { is: 'faster', by: 1 },
}

/** `on`: what has the focus; a control keeps the keys that are its own. */
export function actionOf(key: string, on: 'button' | 'slider' | 'list' | 'seek' | 'none'): KeyAction | null {
  const name = key.toLowerCase()
  const arrow = name.startsWith('arrow') || name === 'home' || name === 'end'
  if (on === 'button' && key === ' ') return null
  if (on === 'slider' && arrow) return null
  // A list of choices takes letters, too: it jumps to what begins with them.
  if (on === 'list') return null
  if (/^\d$/.test(key)) return { is: 'share', of: Number(key) / 10 }
  return ACTIONS[name] ?? null
}

export const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2] as const

/** The next speed up or down. */
export function nextRate(rate: number, by: 1 | -1): number {
  const at = RATES.findIndex((one) => one >= rate)
  return RATES[Math.min(RATES.length - 1, Math.max(0, at + by))] ?? 1
}
