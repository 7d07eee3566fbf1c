// Watching one stream on one <video>: push first, HLS when push cannot be had, and the facts for the page.
import type { Playback } from '../../../shared/api/streams.ts'
import type { StreamState } from '../../../shared/protocol/events.ts'
import type { VideoState } from '../../../shared/media.ts'
import type { PassSource } from '../../pass.ts'
import { backoffMs } from '../backoff.ts'
import { every, type Clock } from '../../clock.ts'
import type { OpenWire } from '../wire.ts'
import { createChooser, type Choice, type Quality } from './chooser.ts'
import type { Behind } from './delay-reports.ts'
import { createFeed } from './feed.ts'
import type { HlsPlayer, playHls } from './hls.ts'
import type { Facts } from './phase.ts'
import type { Network } from './rung.ts'
import { createScreen, type Screen, type SourceClass } from './screen.ts'

export type Session = {
  /** From a press: starts what the browser blocked or the viewer paused, at the live edge. */
  play(): void
  pause(): void
  /** The tab is in front again, or the network is back. */
  wake(): void
  /** The stream's state as the chat tells it: it can know before a video socket that lies dead. */
  hint(state: StreamState): void
  latency(): number | null
  /** Which size of the picture, or whichever the line carries. */
  choose(choice: Choice): void
  /** The page was asked again: addresses and state as they are now. */
  update(playback: Playback): void
  stop(): void
}
export type SessionDeps = {
  video: HTMLVideoElement
  playback: Playback
  /** What plays is not known, or no longer works: the page should be asked again. */
  stale?(): void
  /** For pictures that come by HLS: push says both itself. */
  behind: Behind
  passes: PassSource
  /** Undefined where the browser has no Media Source Extensions. */
  Source: SourceClass | undefined
  open: OpenWire
  playHls: typeof playHls
  clock: Clock
  /** Whether the browser believes in a network. */
  online(): boolean
  /** Whether anybody can see the page: one that lies behind others is slow for reasons of its own. */
  visible(): boolean
  network: Network
  choice: Choice
  fraction(): number
  show(facts: Facts): void
  showQuality(quality: Quality): void
}

const REPORT_MS = 5_000
/** Buffers this often beyond repair are the browser's trouble with push, not the line's. */
const BREAKS = 3
const HINT_MS = 2_000
const FIRST_PROBE_MS = 10_000
const MOST_PROBE_MS = 300_000

export function createSession(deps: SessionDeps): Session {
  const { video, clock, Source } = deps
  let { playback, choice } = deps
  const { push } = playback
  let facts: Facts = {
    host: playback.state,
    line: 'up',
    picture: 'none',
    paused: false,
    blocked: false,
    fault: null,
  }
  let hls: HlsPlayer | null = null
  let hlsWanted = false
  let rounds = 0
  /** Wants to play by HLS and has not been told where. */
  let lost = false
  let breaks = 0
  let probeMs = FIRST_PROBE_MS
  /** Push showed codecs this browser has no decoder for: where HLS fails as well, trying again is useless. */
  let undecodable = false
  let cancelHint = (): void => undefined
  let cancelRetry = (): void => undefined

  function tell(change: Partial<Facts>): void {
    facts = { ...facts, ...change }
    deps.show(facts)
  }

  const chooser = createChooser({
    clock,
    choice: deps.choice,
    network: deps.network,
    watched: () => !hlsWanted && facts.host === 'live' && !facts.paused && deps.visible(),
    restart: () => feed.restart(),
    narrow: () => screen?.narrow(),
    ask: (layer) => feed.ask(layer),
    show: (quality) => deps.showQuality(quality),
  })

  const feed = createFeed({
    url: push ?? '',
    passes: deps.passes,
    layer: () => chooser.wanted(),
    open: deps.open,
    clock,
    fraction: () => deps.fraction(),
    on: {
      init(init) {
        leaveHls()
        tell({ line: 'up', host: 'live', fault: null })
        chooser.begun()
        screen?.init(init)
      },
      chunk: (bytes) => screen?.chunk(bytes),
      state: hostIs,
      layers: (layers, playing) => hlsWanted || chooser.heard(layers, playing),
      cut: (code) => chooser.cut(code),
      lost: () => hlsWanted || tell({ line: 'lost' }),
      gaveUp(why) {
        if (why === 'refused') tell({ fault: 'refused' })
        else if (hlsWanted) probeLater()
        else if (deps.online() && (facts.host === 'live' || facts.host === 'reconnecting')) {
          fallBack()
          probeLater()
        } else startOver()
      },
    },
  })

  const blocked = (): void => tell({ blocked: true })
  // Nobody pushes what another service carries.
  const screen: Screen | null =
    Source && push !== null
      ? createScreen({
          video,
          Source,
          clock,
          on: {
            blocked,
            edge: (lateMs) => chooser.chunk(lateMs),
            unsupported() {
              undecodable = true
              fallBack()
            },
            broken() {
              breaks += 1
              if (breaks > BREAKS) {
                fallBack()
                return
              }
              screen?.reset()
              feed.restart()
            },
          },
        })
      : null

  function hostIs(host: VideoState): void {
    tell({ line: 'up', host, fault: null })
    if (host === 'ended') stopAll()
    if (hlsWanted && host === 'live' && !hls) fallBack()
  }

  function fallBack(): void {
    feed.stop()
    screen?.reset()
    hls?.stop()
    hls = null
    hlsWanted = true
    lost = playback.hls === ''
    if (lost) {
      deps.stale?.()
      return
    }
    const mine = ++rounds
    const current = (): boolean => mine === rounds
    deps
      .playHls(video, playback, {
        wanted: () => current() && !facts.paused,
        now: deps.behind.now,
        ready: () => current() && tell({ line: 'up', host: 'live', fault: null }),
        blocked: () => current() && blocked(),
        layers: (...what) => current() && chooser.heard(...what),
        unsupported: () => current() && tell({ fault: 'unsupported' }),
        failed: () => current() && failed(),
      })
      .then(
        (player) => {
          if (!current()) {
            player?.stop()
            return
          }
          hls = player
          if (choice !== 'auto') hls?.choose(choice)
        },
        () => current() && failed(),
      )
  }

  /** HLS works but lags: whether push can be had again is asked beside it, less and less often. */
  function probeLater(): void {
    if (push === null) return
    probeMs = Math.min(probeMs * 2, MOST_PROBE_MS)
    cancelRetry()
    cancelRetry = clock.after(probeMs * (1 + deps.fraction()), () => {
      if (hlsWanted && !facts.paused) feed.start()
    })
  }

  function leaveHls(): void {
    rounds += 1
    cancelRetry()
    hls?.stop()
    hls = null
    hlsWanted = false
  }

  function failed(): void {
    if (undecodable) tell({ fault: 'unsupported' })
    else {
      if (push === null) deps.stale?.()
      startOver()
    }
  }

  /** Neither way worked: wait, then push again from the beginning. */
  function startOver(): void {
    leaveHls()
    feed.stop()
    const mine = rounds
    tell(deps.online() ? { fault: 'unreachable' } : { line: 'lost' })
    cancelRetry = clock.after(1_000 + backoffMs(rounds, deps.fraction()), () => {
      if (mine === rounds && !facts.paused) begin()
    })
  }

  function begin(): void {
    if (screen) feed.start()
    else if (facts.host === 'live' || facts.host === 'reconnecting') fallBack()
    else {
      hlsWanted = true
      tell({})
    }
  }

  function stopAll(): void {
    leaveHls()
    cancelHint()
    feed.stop()
  }

  const listeners = {
    playing: () => tell({ picture: 'moving', blocked: false, line: 'up' }),
    waiting() {
      if (facts.picture !== 'moving' || video.seeking) return
      tell({ picture: 'stalled' })
      chooser.stalled()
    },
    // Paused by the system or a floating window: only a touch starts it again.
    pause() {
      if (!facts.paused && facts.picture === 'moving' && !video.ended)
        tell({ blocked: true, picture: 'stalled' })
    },
    // Comes with the first picture of another layer, which was announced in front of its first byte.
    resize: () => chooser.sized(Math.min(video.videoWidth, video.videoHeight)),
    // hls.js ends the element after the last segment of a finished playlist.
    ended: () => hostIs('ended'),
  }
  for (const [event, listener] of Object.entries(listeners)) video.addEventListener(event, listener)

  const latency = (): number | null =>
    facts.picture !== 'moving' || facts.paused ? null : hls ? hls.latency() : (screen?.latency() ?? null)
  const stopReports = every(clock, REPORT_MS, () => {
    const ms = latency()
    if (ms === null) return
    if (hls) deps.behind.report(ms)
    else feed.reportLatency(ms)
  })
  begin()

  return {
    play() {
      tell({ paused: false, blocked: false })
      if (hls) {
        hls.toLive()
        probeLater()
        return
      }
      begin()
      screen?.toLive()
    },
    pause() {
      tell({ paused: true, picture: 'stalled' })
      rounds += 1
      feed.stop()
      if (hls) hls.pause()
      else video.pause()
    },
    wake() {
      chooser.begun()
      if (facts.paused || facts.host === 'ended') return
      if (facts.line === 'lost') feed.restart()
      if (!hls && !hlsWanted) begin()
      if (hls) hls.toLive()
      else screen?.toLive()
    },
    hint(state) {
      if (facts.host === 'ended' || facts.paused) return
      if ((hlsWanted || push === null) && state !== 'scheduled') {
        hostIs(state)
        return
      }
      // The socket will say the same in a moment, unless it is dead; a room must not reconnect as one.
      cancelHint()
      cancelHint = clock.after(HINT_MS * (1 + deps.fraction()), () => {
        if (state === 'live' && facts.host !== 'live' && !facts.paused) feed.restart()
      })
    },
    choose(next) {
      choice = next
      chooser.choose(next)
      hls?.choose(next)
    },
    latency,
    update(next) {
      playback = next
      hls?.renew(next.hls)
      if (push !== null) return
      // Nobody else tells what the host's line does; beginning and end come with the chat.
      const changed = next.state !== facts.host && (next.state === 'live' || next.state === 'reconnecting')
      if (changed && facts.host !== 'ended') hostIs(next.state)
      else if (lost && next.hls !== '') fallBack()
    },
    stop() {
      stopReports()
      chooser.stop()
      stopAll()
      screen?.stop()
      for (const [event, listener] of Object.entries(listeners)) video.removeEventListener(event, listener)
    },
  }
}
