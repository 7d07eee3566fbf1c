// Every number both ends must agree on, with its unit in its name.

export const LIMITS = {
  /** A chat text: code points after NFC, and bytes in UTF-8 (a family emoji is 25 bytes). */
  textChars: 500,
  textBytes: 2_000,
  nameChars: 32,
  titleChars: 120,
  descriptionChars: 2_000,
  slugChars: 48,
  passwordMinChars: 10,
  passwordMaxChars: 200,
  /** One command frame on the chat socket. */
  commandBytes: 8_192,
  /** Entries delivered on join, and the largest page of history a client may ask for. */
  joinEntries: 50,
  pageEntries: 100,
  /** A resume beyond either of these is answered with a snapshot and `recovered: false`. */
  resumeEntries: 500,
  resumeBytes: 262_144,
  /** A reader too slow for every entry gets the newest so many of the room, once per so long. */
  snapshotEntries: 20,
  snapshotMs: 1_000,
  /** `hello` must arrive this soon after the upgrade. */
  helloMs: 5_000,
  /** A client that hears nothing for this long closes and resumes; positions come every 15-25 s. */
  silenceMs: 45_000,
  /** No outcome of a send within this time means unknown: send again with the same id. */
  outcomeMs: 10_000,
  slowMaxSeconds: 300,
  /** A ban for a time; without one it is for good. */
  banMinSeconds: 10,
  banMaxSeconds: 1_209_600,
  /** Why somebody was banned or timed out; what a reporter adds; what moderators note of a person. Code points. */
  reasonChars: 200,
  noteChars: 500,
  /** The same words again from the same person, when the rules say so. */
  duplicateMaxSeconds: 300,
  /** Viewers see public messages this much later than moderators, at most. */
  delayMaxSeconds: 6,
  /** How long an account may have to exist before it may write: 90 days. */
  minAgeMaxSeconds: 7_776_000,
  /** Blocked terms of one host, and the length of each in code points. */
  terms: 500,
  termChars: 64,
  /** Newest public messages of one person that one `wipe` deletes. */
  wipeMessages: 100,
  /** Chat stays writable this long after the end of a stream, for goodbyes. */
  goodbyeMs: 300_000,
  /** The publisher may be gone this long before the stream is over. */
  publisherGraceMs: 30_000,
} as const

/** What a viewer can throw at the stage. Totals, never who. */
export const REACTIONS = ['❤️', '👏', '😂', '😮', '🔥', '🎉'] as const
export type Reaction = (typeof REACTIONS)[number]
