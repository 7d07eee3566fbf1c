// What travels over Redis: a notice or a probe, with the node that sent it. Private logs travel as pointers (P12):
// the type of a notice has no place for their text.
import type { Notice } from '../../app/ports.ts'

export type Parcel = { node: string; notice?: Notice; probe?: number }

export const encode = (parcel: Parcel): string => JSON.stringify(parcel)

/** Null for what no node wrote. */
export function parse(text: string): Parcel | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 'node' in value ? (value as Parcel) : null
  } catch {
    return null
  }
}
