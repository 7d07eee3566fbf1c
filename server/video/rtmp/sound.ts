// What an AudioSpecificConfig says (ISO/IEC 14496-3 1.6.2.1).

export type SoundForm = { objectType: number; sampleRate: number; channels: number }

const SAMPLE_RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
]

/** Null for object types and rates that are written in the long way, which nothing that we take is. */
export function soundOf(config: Uint8Array): SoundForm | null {
  const [a, b] = config
  if (a === undefined || b === undefined) return null
  const sampleRate = SAMPLE_RATES[((a & 7) << 1) | (b >> 7)]
  const objectType = a >> 3
  if (objectType === 0 || objectType === 31 || sampleRate === undefined) return null
  return { objectType, sampleRate, channels: (b >> 3) & 15 }
}
