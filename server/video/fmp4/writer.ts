// Writes ISO base media boxes (ISO/IEC 14496-12) into one buffer of known capacity; numbers are big endian.

export type BoxWriter = {
  u8(value: number): void
  u16(value: number): void
  u32(value: number): void
  u64(value: number): void
  ascii(text: string): void
  zeros(count: number): void
  bytes(bytes: Uint8Array): void
  /** A box around whatever `body` writes: its size is filled in afterwards. */
  box(type: string, body: () => void): void
  fullBox(type: string, version: number, flags: number, body: () => void): void
  /** What was written so far, as a view. */
  done(): Uint8Array<ArrayBuffer>
}

export function createBoxWriter(capacity: number): BoxWriter {
  const buffer = new Uint8Array(capacity)
  const view = new DataView(buffer.buffer)
  let at = 0

  const u8 = (value: number) => view.setUint8(at++, value)
  const u16 = (value: number) => {
    view.setUint16(at, value)
    at += 2
  }
  const u32 = (value: number) => {
    view.setUint32(at, value)
    at += 4
  }
  const ascii = (text: string) => {
    for (let i = 0; i < text.length; i++) u8(text.charCodeAt(i))
  }
  const box = (type: string, body: () => void) => {
    const start = at
    at += 4
    ascii(type)
    body()
    view.setUint32(start, at - start)
  }

  return {
    u8,
    u16,
    u32,
    u64(value) {
      u32(Math.floor(value / 2 ** 32))
      u32(value % 2 ** 32)
    },
    ascii,
    zeros(count) {
      at += count // the buffer starts as zeros and is written once
    },
    bytes(bytes) {
      buffer.set(bytes, at)
      at += bytes.byteLength
    },
    box,
    fullBox(type, version, flags, body) {
      box(type, () => {
        u32(version * 2 ** 24 + flags)
        body()
      })
    },
    done: () => buffer.subarray(0, at),
  }
}
