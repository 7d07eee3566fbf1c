// REST: the overlay of a stream, its public chat as a transparent page for OBS. Times are Unix milliseconds.
import * as v from 'valibot'

/** POST /api/streams/:slug/overlay-key (its host): a new key in place of the former one, whose overlays close. It is
 * shown this once. */
export type OverlayLink = { url: string }
/** GET /api/streams/:slug/overlay-key (its host): since when there is one. DELETE ends it and answers the same. */
export type OverlayState = { since: number | null }

/** POST /api/streams/:slug/overlay-pass: opens `/chat` for the public room alone, whoever asks. An unknown key
 * answers like an unknown stream. */
export const overlayPassRequest = v.strictObject({ key: v.pipe(v.string(), v.maxLength(128)) })
export type OverlayPassRequest = v.InferOutput<typeof overlayPassRequest>
export type OverlayPass = { pass: string; expiresAt: number }
