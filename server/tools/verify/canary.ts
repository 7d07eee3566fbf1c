// Marked secrets: every private text of a run carries a word that nobody else may ever be shown, in any spelling.
import type { MessageId, PrincipalId } from '../../../shared/ids.ts'

/** 64 random bits of the run in front, so that one look finds any secret of it; then 64 of the message. */
const HEX_OF_RUN = 16
const HEX_OF_MESSAGE = 16

export type Secret = { word: string; id?: MessageId; between: readonly PrincipalId[]; says: string }

export type Secrets = {
  /** A fresh text with its mark in it. */
  text(between: readonly PrincipalId[], says: string): Secret
  /** The id that the message got: it is as secret as the text. */
  known(secret: Secret, id: MessageId): void
  /** What this text shows of secrets that are not `who`'s. */
  foreignIn(text: string, who: PrincipalId | null): Sighting[]
  count(): number
}
export type Sighting = { spelling: string; secret: Secret | null }

/** `random` gives so many random bytes as hex. */
export function createSecrets(random: (bytes: number) => string): Secrets {
  const mark = random(HEX_OF_RUN / 2)
  const spellings = spellingsOf(mark)
  const byWord = new Map<string, Secret>()
  const byId = new Map<MessageId, Secret>()
  const word = new RegExp(`${mark}[0-9a-f]{${HEX_OF_MESSAGE}}`, 'g')
  const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g
  const isForeign = (secret: Secret | undefined, who: PrincipalId | null) =>
    secret !== undefined && (who === null || !secret.between.includes(who))

  return {
    text(between, says) {
      const secret = { word: mark + random(HEX_OF_MESSAGE / 2), between, says }
      byWord.set(secret.word, secret)
      return secret
    },
    known(secret, id) {
      secret.id = id
      byId.set(id, secret)
    },
    foreignIn(text, who) {
      const sightings: Sighting[] = []
      for (const [found] of text.matchAll(word)) {
        const secret = byWord.get(found)
        if (isForeign(secret, who)) sightings.push({ spelling: 'its text', secret: secret ?? null })
      }
      for (const [found] of text.matchAll(uuid)) {
        const secret = byId.get(found)
        if (isForeign(secret, who)) sightings.push({ spelling: 'its id', secret: secret ?? null })
      }
      // Nobody is ever sent an encoded one, not even the two it is between.
      for (const [spelling, form] of spellings)
        if (text.includes(form)) sightings.push({ spelling, secret: null })
      // What is left of the mark once whole words are taken out: a text that was cut short.
      if (text.replace(word, '').includes(mark))
        sightings.push({ spelling: 'the beginning of its text', secret: null })
      return sightings
    },
    count: () => byWord.size,
  }
}

/** The ways a text turns up in logs, tokens, addresses and dumps; plain text apart. */
export function spellingsOf(plain: string): [spelling: string, form: string][] {
  const bytes = Buffer.from(plain)
  const of = (each: (byte: number) => string) => [...bytes].map(each).join('')
  const hex = (byte: number) => byte.toString(16).padStart(2, '0')
  /** The characters at both ends depend on what stands around. */
  const base64 = (before: number) =>
    Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .slice(2, -4)
  return [
    ['backwards', Buffer.from(bytes).reverse().toString()],
    ['in base64', base64(0)],
    ['in base64', base64(1)],
    ['in base64', base64(2)],
    ['in hex', bytes.toString('hex')],
    ['percent-encoded', of((byte) => `%${hex(byte)}`)],
    ['percent-encoded', of((byte) => `%${hex(byte).toUpperCase()}`)],
    ['in JSON escapes', of((byte) => `\\u00${hex(byte)}`)],
    ['in UTF-16', of((byte) => `${String.fromCharCode(byte)}\0`)],
  ]
}
