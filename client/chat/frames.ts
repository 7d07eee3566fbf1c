// Text from the socket to a frame.
import type { Frame } from '../../shared/protocol/frames.ts'

/** Undefined for what is not ours. An unknown `t` is passed through and ignored: a newer server may say more. */
export function parseFrame(text: string): Frame | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 't' in value ? (value as Frame) : undefined
  } catch {
    return undefined
  }
}
