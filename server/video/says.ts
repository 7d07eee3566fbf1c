// Text frames of the media sockets: a JSON object with a `t`, small. Anything else is null.

const MOST_CHARS = 8_192

export function parseSays(frame: string): Record<string, unknown> | null {
  if (frame.length > MOST_CHARS) return null
  try {
    const value: unknown = JSON.parse(frame)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}
