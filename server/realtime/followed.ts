// One log that is followed, and what each follower holds of it. Classes, because both are there once per viewer and
// the same for all of them but for their fields.
import type { LogKey } from '../domain/log.ts'
import type { Epoch, PrincipalId } from '../../shared/ids.ts'
import type { Entry } from '../../shared/protocol/index.ts'
import type { Notice, Page } from '../app/ports.ts'
import type { Deadlines, Due } from './deadlines.ts'
import type { Listener } from './fanout.ts'
import type { Position } from './positions.ts'
import { QuietTrack } from './quiet-track.ts'
import { newest, openTrack } from './track.ts'
import type { Track, TrackDeps, TrackHooks } from './track.ts'

export type Follower = {
  /** Stands between the log and its listeners; of the first follower alone. */
  channel?: TrackHooks['channel']
  applied?(entries: readonly Entry[]): void
  lost(): void
}
export type LogNotice = Extract<Notice, { log: LogKey }>

/** What all logs of a node share. */
export type House = {
  deps(key: LogKey): TrackDeps
  deadlines: Deadlines
  /** Ms until a log tells its position again: jittered, because logs opened together must not speak together. */
  nextPos(): number
  /** A log that may have fallen behind. */
  watch(followed: Followed): void
  /** Nobody follows it any more, or nobody can. */
  drop(followed: Followed): void
}

export class Followed implements TrackHooks, Due {
  readonly key: LogKey
  /** Of the first follower. */
  readonly channel: TrackHooks['channel']
  track: Track | null = null
  readonly #house: House
  readonly #as: PrincipalId | null
  readonly #followers: Follower[] = []
  /** Null when the log has been read. */
  #opening: Promise<Track> | null
  /** What came while it was being read. */
  #early: LogNotice[] | null = null
  #dropped = false
  #posSlot = 0

  constructor(house: House, key: LogKey, as: PrincipalId | null, first: Follower) {
    this.key = key
    this.channel = first.channel
    this.#house = house
    this.#as = as
    this.#opening = this.#open()
    // Those who wait for it hear why.
    this.#opening.catch(() => this.drop())
  }

  async #open(): Promise<Track> {
    const { key } = this
    const page = await newest(this.#house.deps(key), key, this.#as)
    const track =
      key.kind === 'thread' && page.seq === 0 ? new QuietTrack(key, page.epoch, this) : this.#whole(page)
    this.track = track
    this.#opening = null
    // The last follower may have left while the log was being read.
    if (this.#dropped) this.#close()
    for (const notice of this.#early ?? []) this.hear(notice)
    this.#early = null
    return track
  }

  #whole(page: Page): Track {
    this.#posSlot = this.#house.deadlines.add(this, this.#house.nextPos())
    return openTrack(this.#house.deps(this.key), this.key, this.#as, this, page)
  }

  #close(): void {
    this.track?.close()
    this.#house.deadlines.cancel(this, this.#posSlot)
  }

  opened(): Promise<Track> {
    return this.#opening ?? Promise.resolve(this.track as Track)
  }

  hear(notice: LogNotice): void {
    const { track } = this
    if (!track) (this.#early ??= []).push(notice)
    else if (notice.type === 'entries') track.offer(notice.epoch, notice.entries)
    else if (notice.epoch === track.epoch) this.reaches(notice.epoch, notice.seq)
  }

  /** The database says so. */
  moved(where: Extract<LogNotice, { type: 'pointer' }>): void {
    if (this.track) this.reaches(where.epoch, where.seq)
    else this.hear(where)
  }

  /** As the database says: there, another numbering is one to go by. */
  reaches(epoch: Epoch, seq: number): void {
    this.track?.reaches(epoch, seq)
    if (this.behind()) this.#house.watch(this)
  }

  /** One that was dropped never catches up, and is not waited for. */
  behind(): boolean {
    return !this.#dropped && this.track?.behind() === true
  }

  position(): Promise<Position | null> {
    return this.#house.deps(this.key).positions.of(this.key)
  }

  due(): void {
    this.track?.channel.tellPosition()
    this.#posSlot = this.#house.deadlines.add(this, this.#house.nextPos())
  }

  wake(epoch: Epoch): Track {
    return this.#whole({ epoch, seq: 0, entries: [] })
  }
  applied(entries: readonly Entry[]): void {
    for (const follower of this.#followers) follower.applied?.(entries)
  }
  lost(): void {
    this.drop()
    for (const follower of [...this.#followers]) follower.lost()
  }

  join(follower: Follower): void {
    this.#followers.push(follower)
  }
  leave(follower: Follower): void {
    const at = this.#followers.indexOf(follower)
    if (at < 0) return
    this.#followers.splice(at, 1)
    if (this.#followers.length === 0) this.drop()
  }
  drop(): void {
    if (this.#dropped) return
    this.#dropped = true
    this.#house.drop(this)
    this.#close()
  }
}

export class Following {
  readonly #followed: Followed
  readonly #follower: Follower
  #listener: Listener | null = null

  constructor(followed: Followed, follower: Follower) {
    this.#followed = followed
    this.#follower = follower
  }

  get track(): Track {
    const { track } = this.#followed
    if (!track) throw new Error('a log was used before it was read')
    return track
  }

  /** Gets to `seq` if the log is that far, with the help of the database: for a reader that has seen more than
   * this node has. */
  async catchUp(seq: number): Promise<void> {
    const { track } = this
    const position = track.seq() < seq ? await this.#followed.position() : null
    if (position) this.#followed.reaches(position.epoch, position.seq)
    await track.filled()
    // Else the reader would be sent back to before what it has seen, as if its position were foreign.
    if (position?.epoch === track.epoch && track.seq() < Math.min(seq, position.seq))
      throw new Error('a log could not be read up to a position it has')
  }

  /** Subscribes to what is told after the track's view of this moment. Once. */
  listen(listener: Listener): void {
    this.#listener = listener
    this.track.listen(listener)
  }

  release(): void {
    if (this.#listener) this.#followed.track?.unlisten(this.#listener)
    this.#listener = null
    this.#followed.leave(this.#follower)
  }
}
