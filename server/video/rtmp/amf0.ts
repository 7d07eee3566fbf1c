// AMF0, the notation of RTMP's commands. What comes in is from the network: anything malformed, deep or long is
// null, and objects become maps, so that no key of theirs means anything here.

export type AmfValue = number | boolean | string | null | undefined | AmfMap | AmfValue[]
export type AmfMap = ReadonlyMap<string, AmfValue>
/** What we say ourselves. A map is said as an ECMA array, which is how metadata must be written. */
export type Sayable =
  | number
  | boolean
  | string
  | null
  | undefined
  | ReadonlyMap<string, Sayable>
  | { readonly [name: string]: Sayable }

const MOST_DEPTH = 8
const MOST_VALUES = 1_000

const NUMBER = 0
const BOOLEAN = 1
const STRING = 2
const OBJECT = 3
const NULL = 5
const UNDEFINED = 6
const ECMA_ARRAY = 8
const OBJECT_END = 9
const STRICT_ARRAY = 10
const DATE = 11
const LONG_STRING = 12
const UNSUPPORTED = 13
const XML = 15
const TYPED_OBJECT = 16

/** Thrown and caught in this file alone. */
class Malformed extends Error {}

/** All values there are, or null. */
export function decodeAmf(bytes: Uint8Array): AmfValue[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  let values = 0

  function take(length: number): number {
    const from = at
    at += length
    if (at > bytes.byteLength) throw new Malformed()
    return from
  }
  const text = (length: number): string => {
    const from = take(length)
    return new TextDecoder().decode(bytes.subarray(from, from + length))
  }
  const shortText = () => text(view.getUint16(take(2)))

  function properties(depth: number): AmfMap {
    const map = new Map<string, AmfValue>()
    for (;;) {
      const name = shortText()
      if (name === '' && bytes[at] === OBJECT_END) {
        at += 1
        return map
      }
      map.set(name, value(depth + 1))
    }
  }

  function value(depth: number): AmfValue {
    if (depth > MOST_DEPTH || ++values > MOST_VALUES) throw new Malformed()
    const marker: number = view.getUint8(take(1))
    switch (marker) {
      case NUMBER:
        return view.getFloat64(take(8))
      case BOOLEAN:
        return bytes[take(1)] !== 0
      case STRING:
        return shortText()
      case OBJECT:
        return properties(depth)
      case NULL:
        return null
      case UNDEFINED:
      case UNSUPPORTED:
        return undefined
      case ECMA_ARRAY:
        take(4) // how many, which nobody keeps to
        return properties(depth)
      case STRICT_ARRAY: {
        const length = view.getUint32(take(4))
        const array: AmfValue[] = []
        while (array.length < length) array.push(value(depth + 1))
        return array
      }
      case DATE: {
        const date = view.getFloat64(take(8))
        take(2) // a time zone that must be zero
        return date
      }
      case LONG_STRING:
      case XML:
        return text(view.getUint32(take(4)))
      case TYPED_OBJECT:
        shortText()
        return properties(depth)
      default:
        throw new Malformed()
    }
  }

  try {
    const all: AmfValue[] = []
    while (at < bytes.byteLength) all.push(value(0))
    return all
  } catch (error) {
    // Reading beyond the end of a view is the same as `take` finding it.
    if (error instanceof Malformed || error instanceof RangeError) return null
    throw error
  }
}

/** Texts are shorter than 64 KB: they are our own. */
export function encodeAmf(...values: readonly Sayable[]): Uint8Array<ArrayBuffer> {
  const out: number[] = []
  const text = (given: string) => {
    const utf8 = new TextEncoder().encode(given)
    out.push(utf8.byteLength >> 8, utf8.byteLength & 0xff, ...utf8)
  }
  function put(value: Sayable): void {
    if (value === undefined) out.push(UNDEFINED)
    else if (value === null) out.push(NULL)
    else if (typeof value === 'boolean') out.push(BOOLEAN, value ? 1 : 0)
    else if (typeof value === 'string') {
      out.push(STRING)
      text(value)
    } else if (typeof value === 'number') {
      const bytes = new Uint8Array(8)
      new DataView(bytes.buffer).setFloat64(0, value)
      out.push(NUMBER, ...bytes)
    } else if (isMap(value)) {
      out.push(ECMA_ARRAY, 0, 0, value.size >> 8, value.size & 0xff)
      properties([...value])
    } else {
      out.push(OBJECT)
      properties(Object.entries(value))
    }
  }
  function properties(named: readonly (readonly [string, Sayable])[]): void {
    for (const [name, each] of named) {
      text(name)
      put(each)
    }
    out.push(0, 0, OBJECT_END)
  }
  values.forEach(put)
  return new Uint8Array(out)
}

const isMap = (value: Sayable): value is ReadonlyMap<string, Sayable> => value instanceof Map
