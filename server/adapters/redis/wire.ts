// What the bus needs of Redis, one server or many: channels, and word of when they are heard.
import type { Parcel } from './parcel.ts'

export type Wire = {
  /** Says it to whoever listens now. What cannot be sent now is lost: old notices are worthless. */
  publish(channel: string, text: string): void
  join(channel: string): void
  leave(channel: string): void
  close(): void
}

export type Hears = {
  /** From any node, this one included. A late one may come on a channel already left. */
  parcel(parcel: Parcel): void
  /** These channels are heard from now on; what was said on them before may be lost. */
  restored(channels: readonly string[]): void
}
