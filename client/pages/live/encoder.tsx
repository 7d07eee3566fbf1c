// Publishing with OBS or another encoder: where it sends to, with what key, and what became of it.
import { useState } from 'preact/hooks'
import type { IngestStatus } from '../../../shared/api/ingest.ts'
import { denialText, Failure } from '../../frame/failure.tsx'
import { useLoad, type Load } from '../../frame/load.ts'
import { useSession } from '../../frame/session.tsx'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useTask } from '../../ui/task.ts'
import { useToast } from '../../ui/toasts.tsx'
import { adviceOn, receiving } from './encoder-words.ts'

const STATUS_MS = 2_000

/** Asked all the while: an encoder may come at any time, also while this section is closed. */
export function useIngest(slug: string): Load<IngestStatus> {
  const { api } = useSession()
  return useLoad(() => api.ingestStatus(slug), STATUS_MS)
}

export function Encoder({
  slug,
  ingest,
  unfolded = false,
}: {
  slug: string
  ingest: Load<IngestStatus>
  unfolded?: boolean
}) {
  const [open, setOpen] = useState(unfolded)
  return (
    <details class="live-encoder" open={unfolded} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Stream with OBS or another encoder</summary>
      {open && (
        <div class="live-encoder-body">
          <Access slug={slug} />
          <Status ingest={ingest} />
        </div>
      )}
    </details>
  )
}

function Access({ slug }: { slug: string }) {
  const { api } = useSession()
  const toast = useToast()
  const { value, denial, loading, reload, replace } = useLoad(() => api.ingestKey(slug))
  const [shown, setShown] = useState(false)
  const [asking, setAsking] = useState(false)
  const reset = useTask(async () => {
    const answer = await api.resetIngestKey(slug)
    setAsking(false)
    if (!answer.ok) {
      toast(denialText(answer.denial), 'bad')
      return
    }
    replace(answer.value)
    toast('The former key is void.')
  })
  if (!value) {
    if (denial)
      return <Failure denial={denial} busy={loading} onRetry={() => void reload().catch(reportError)} />
    return <p class="soft">Looking for its address.</p>
  }
  if (!value.available)
    return (
      <Notice tone="warn" title="Encoders cannot come in">
        <p>{value.says}</p>
        <Button busy={loading} onClick={() => void reload().catch(reportError)}>
          Look again
        </Button>
      </Notice>
    )
  return (
    <>
      <p>
        In OBS: <em>Settings</em>, <em>Stream</em>, service <em>Custom</em>. Encoder H.264, audio AAC,
        keyframe interval 1&nbsp;s.
      </p>
      {value.servers.map(({ url, secure }) => (
        <div class="live-encoder-row" key={url}>
          <label class="field-label" for={secure ? 'ingest-secure' : 'ingest-plain'}>
            {value.servers.length === 1 ? 'Server' : secure ? 'Server, encrypted' : 'Server, not encrypted'}
          </label>
          <span class="live-encoder-value">
            <input
              id={secure ? 'ingest-secure' : 'ingest-plain'}
              class="input"
              readOnly
              value={url}
              onFocus={(event) => event.currentTarget.select()}
            />
            <CopyButton text={url}>Copy</CopyButton>
          </span>
        </div>
      ))}
      <div class="live-encoder-row">
        <label class="field-label" for="stream-key">
          Stream key
        </label>
        <span class="live-encoder-value">
          <input
            id="stream-key"
            class="input"
            readOnly
            {...(shown ? ({ type: 'text' } as const) : ({ type: 'password' } as const))}
            autocomplete="off"
            value={value.key}
            onFocus={(event) => {
              if (shown) event.currentTarget.select()
            }}
          />
          <Button aria-pressed={shown} onClick={() => setShown(!shown)}>
            {shown ? 'Hide' : 'Show'}
          </Button>
          <CopyButton text={value.key} secret>
            Copy
          </CopyButton>
          <Button onClick={() => setAsking(true)}>Reset the key</Button>
        </span>
      </div>
      <p class="soft">Whoever has the key can go live as you. Keep it out of the picture.</p>
      <Dialog open={asking} title="Reset the stream key?" onClose={() => setAsking(false)}>
        <p>Whoever publishes with it now is cut off at once. Your encoder then needs the new key.</p>
        <DialogActions>
          <Button onClick={() => setAsking(false)}>Keep it</Button>
          <Button variant="danger" busy={reset.busy} onClick={() => reset.run()}>
            Reset the key
          </Button>
        </DialogActions>
      </Dialog>
    </>
  )
}

function Status({ ingest: { value, denial } }: { ingest: Load<IngestStatus> }) {
  if (!value) return denial ? <p class="soft">How it goes cannot be seen right now.</p> : null
  const { publisher, refusals } = value
  const [last] = refusals
  const advice = publisher && adviceOn(publisher)
  return (
    <>
      <p class="live-encoder-status">
        <span class={publisher?.kind === 'rtmp' ? 'health health-good' : 'health'}>
          {publisher === null
            ? 'Waiting for an encoder.'
            : publisher.kind === 'rtmp'
              ? receiving(publisher)
              : 'This stream is published from a browser. An encoder is turned away until that stops.'}
        </span>
      </p>
      {advice && (
        <Notice tone="warn">
          <p>{advice}</p>
        </Notice>
      )}
      {last && publisher?.kind !== 'rtmp' && (
        <Notice tone="bad" title="An encoder was turned away">
          <ul class="live-encoder-refusals">
            {refusals.map(({ at, says }) => (
              <li key={says}>
                <time dateTime={new Date(at).toISOString()}>{new Date(at).toLocaleTimeString()}</time> {says}
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  )
}

/** Above the controls, while the picture comes from an encoder. */
export function FromEncoder({ status }: { status: IngestStatus | undefined }) {
  const publisher = status?.publisher
  if (publisher?.kind !== 'rtmp') return null
  return (
    <div class="live-encoder-news">
      <Notice tone="good" title="Your encoder is live" speaks>
        <p>To go on from this page, stop the encoder first.</p>
      </Notice>
      {/* Apart from the notice: numbers that change every two seconds are not to be read out. */}
      <p class="live-encoder-status">{receiving(publisher)}</p>
    </div>
  )
}
