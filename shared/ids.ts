// Ids are random v4 UUIDs: no counter, so an id tells nothing about how many others exist.
import * as v from 'valibot'

export const uuid = v.pipe(
  v.string(),
  v.regex(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    'must be a lower-case UUID v4',
  ),
)

export type StreamId = string
export type PrincipalId = string
export type MessageId = string
export type RecordingId = string
/** Client message id: chosen by the sender, unique per sender for ever; the same id again gives the first result. */
export type Cmid = string
/** Random per numbering of a log; changes only when old positions can no longer be trusted. */
export type Epoch = string
