// The recordings of one stream, played as one. Goes on where this viewer left off, if they like.
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Recording } from '../../../shared/api/recordings.ts'
import { shelfOf } from '../../chat/browser.ts'
import { denialText } from '../../frame/failure.tsx'
import { useSession } from '../../frame/session.tsx'
import { useTask } from '../../ui/task.ts'
import { clockText } from '../../ui/time.ts'
import { useToast } from '../../ui/toasts.tsx'
import type { Picture } from '../picture.ts'
import { PlayIcon } from '../player/icons.tsx'
import { DeckBox, type Shown } from './box.tsx'
import type { Deck } from './deck.ts'
import { clipAt, locate, offsetOf, totalMs } from './joined.ts'
import { keepPlace, keptPlace } from './kept.ts'
import { loadHls } from './reel.ts'
import { placeText } from './seek.tsx'
import { Tools } from './tools.tsx'
import { Trim } from './trim.tsx'
import { useThumbs } from './use-thumbs.ts'

type RecordedProps = {
  slug: string
  title: string
  /** Those that play. */
  recordings: readonly Recording[]
  picture: Picture
  host: boolean
  /** Asks the server again; what plays now, or null when there is no answer. */
  reload: () => Promise<readonly Recording[] | null>
  /** Where to go on, Unix ms; null: where this device left off. */
  from: number | null
}

const KEEP_EVERY_MS = 5_000
const shelf = shelfOf(() => localStorage)

export function Recorded({ slug, title, recordings, picture, host, reload, from }: RecordedProps) {
  const { api } = useSession()
  const toast = useToast()
  const thumbs = useThumbs(recordings)
  const [kept] = useState(() => {
    const place = from === null ? keptPlace(shelf, slug, Date.now()) : { date: from }
    return place && placeOf(recordings, place.date) !== null ? place : null
  })
  const [cutting, setCutting] = useState<string | null>(null)
  const keptAt = useRef(0)
  // Fetched while the poster is looked at, so that a press finds it here.
  useEffect(() => void loadHls().catch(() => undefined), [])
  const latest = useRef<Deck | null>(null)
  const keep = useCallback(() => {
    const now = Date.now()
    const date = latest.current?.date() ?? null
    if (!latest.current || date === null) return
    keptAt.current = now
    keepPlace(shelf, slug, {
      position: latest.current.position(),
      total: latest.current.span().to,
      date,
      now,
    })
  }, [slug])
  const onMoved = useCallback(
    ({ deck }: Shown) => {
      latest.current = deck
      if (Date.now() - keptAt.current >= KEEP_EVERY_MS) keep()
    },
    [keep],
  )
  useEffect(() => {
    // Phones fire this and nothing else when a tab goes.
    addEventListener('pagehide', keep)
    return () => removeEventListener('pagehide', keep)
  }, [keep])
  const save = useTask(async (recording: Recording, trim: Recording['trim']) => {
    const answer = await api.trimRecording(slug, recording.id, trim)
    if (!answer.ok) {
      toast(`Nothing was cut. ${denialText(answer.denial)}`, 'bad')
      return
    }
    await reload()
    setCutting(null)
    toast(
      trim.startMs === 0 && trim.endMs === null
        ? 'All of it plays again.'
        : 'Cut. Nothing is lost: you can reset it.',
    )
  })
  const renew = useCallback(reload, [reload])
  const poster = useMemo(() => recordings.find((one) => one.poster !== null)?.poster ?? null, [recordings])
  const whole = totalMs(recordings)

  const tools = ({ deck }: Shown) => {
    const { index } = locate(recordings, deck.position())
    const recording = recordings[index]
    if (!host || !recording) return null
    const part = recordings.length > 1 ? `Part ${index + 1} of ${recordings.length}` : ''
    return (
      <Tools
        slug={slug}
        recording={recording}
        part={part}
        onTrim={() => {
          deck.pause()
          setCutting(recording.id)
        }}
        onDeleted={() => {
          toast('The recording is deleted.')
          reload().catch(reportError)
        }}
      />
    )
  }
  const cut = recordings.findIndex(({ id }) => id === cutting)
  const cutRecording = recordings[cut]
  return (
    <DeckBox
      title={title}
      clips={recordings}
      live={false}
      picture={picture}
      renew={renew}
      thumbs={thumbs}
      poster={poster}
      startMuted={false}
      says={(at) => placeText(at, whole)}
      before={(deck) => (
        <Before deck={deck} at={kept && placeOf(recordings, kept.date)} date={kept?.date ?? 0} />
      )}
      tools={tools}
      instead={
        cutRecording &&
        (({ deck }) => (
          <Trim
            key={cutRecording.id}
            recording={cutRecording}
            busy={save.busy}
            onLook={(ms) => deck.seek(offsetOf(recordings, cut) + Math.min(ms, cutRecording.durationMs - 1))}
            onSave={(trim) => save.run(cutRecording, trim)}
            onClose={() => setCutting(null)}
          />
        ))
      }
      onMoved={onMoved}
    />
  )
}

/** About where the whole shows this moment; null when it does not. Gaps are not known before it plays. */
function placeOf(recordings: readonly Recording[], date: number): number | null {
  const index = clipAt(recordings, date)
  const clip = recordings[index]
  if (!clip || date < clip.startedAt) return null
  const ms = date - clip.startedAt
  return index === recordings.length - 1 && ms > clip.durationMs + GAPS_MS
    ? null
    : offsetOf(recordings, index) + Math.min(ms, clip.durationMs)
}
const GAPS_MS = 10 * 60_000

function Before({ deck, at, date }: { deck: Deck; at: number | null; date: number }) {
  if (at === null)
    return (
      <button type="button" class="player-big" onClick={deck.play}>
        <PlayIcon /> Play
      </button>
    )
  return (
    <>
      <button
        type="button"
        class="player-big"
        onClick={() => {
          deck.toDate(date)
          deck.play()
        }}
      >
        <PlayIcon /> Go on at {clockText(at)}
      </button>
      <button type="button" class="player-big" onClick={deck.play}>
        From the beginning
      </button>
    </>
  )
}
