// The track of a thread nobody has written to. There is one per viewer and hardly any is ever written to: until it
// is, there is no ring, no channel and no topic, only who would listen.
import { logId } from '../domain/log.ts'
import type { LogKey } from '../domain/log.ts'
import type { Epoch } from '../../shared/ids.ts'
import type { Entry } from '../../shared/protocol/index.ts'
import type { Channel, Listener } from './fanout.ts'
import type { LogView } from './resume.ts'
import type { Track } from './track.ts'

/** `wake` opens the whole track, from position 0 on. */
type Hooks = { wake(epoch: Epoch): Track; lost(): void }

/** A class: what is the same for all viewers is there once. */
export class QuietTrack implements Track {
  readonly log: LogKey
  readonly epoch: Epoch
  readonly #hooks: Hooks
  readonly #listeners: Listener[] = []
  #whole: Track | null = null
  #closed = false

  constructor(log: LogKey, epoch: Epoch, hooks: Hooks) {
    this.log = log
    this.epoch = epoch
    this.#hooks = hooks
  }

  #wake(): Track {
    if (this.#whole) return this.#whole
    const whole = this.#hooks.wake(this.epoch)
    this.#whole = whole
    // Nothing was told yet, and nothing is in this turn: they hear all of it.
    for (const listener of this.#listeners.splice(0)) whole.listen(listener)
    return whole
  }

  offer(epoch: Epoch, entries: readonly Entry[]): void {
    if (!this.#closed && epoch === this.epoch && entries.length > 0) this.#wake().offer(epoch, entries)
  }
  lose(): void {
    if (this.#whole) this.#whole.lose()
    else if (!this.#closed) {
      this.#closed = true
      this.#hooks.lost()
    }
  }
  reaches(epoch: Epoch, seq: number): void {
    if (this.#whole) this.#whole.reaches(epoch, seq)
    else if (epoch !== this.epoch) this.lose()
    else if (seq > 0 && !this.#closed) this.#wake().reaches(epoch, seq)
  }
  seq(): number {
    return this.#whole?.seq() ?? 0
  }
  behind(): boolean {
    return this.#whole?.behind() ?? false
  }
  /** Made for whoever asks and not kept: a join looks where it stands, and that is all. */
  get channel(): Channel {
    if (this.#whole) return this.#whole.channel
    return {
      end: () => 0,
      told: () => 0,
      seat: () => ({ topic: logId(this.log), seq: 0 }),
      settle: () => undefined,
      listen: (listener) => {
        this.listen(listener)
        return () => this.unlisten(listener)
      },
      push: (entries) => this.#wake().channel.push(entries),
      tell: (frame) => this.#wake().channel.tell(frame),
      tellPosition: () => undefined,
      flush: () => undefined,
      close: () => undefined,
    }
  }
  listen(listener: Listener): void {
    if (this.#whole) this.#whole.listen(listener)
    else this.#listeners.push(listener)
  }
  unlisten(listener: Listener): void {
    if (this.#whole) this.#whole.unlisten(listener)
    else if (this.#listeners.includes(listener)) this.#listeners.splice(this.#listeners.indexOf(listener), 1)
  }
  async filled(): Promise<void> {
    await this.#whole?.filled()
  }
  view(seq?: number): LogView {
    return this.#whole?.view(seq) ?? { epoch: this.epoch, seq: 0, entries: [] }
  }
  held(from: number, to: number): Entry[] | null {
    return this.#whole?.held(from, to) ?? null
  }
  close(): void {
    this.#closed = true
    this.#whole?.close()
  }
}
