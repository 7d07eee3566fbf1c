// The overlay for OBS: makes its link, which is shown this once, and ends it.
import { useState } from 'preact/hooks'
import type { Answer } from '../../api.ts'
import { denialText, Failure } from '../../frame/failure.tsx'
import { useLoad } from '../../frame/load.ts'
import { useSession } from '../../frame/session.tsx'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { useTask } from '../../ui/task.ts'
import { useToast } from '../../ui/toasts.tsx'

type Asking = 'replace' | 'remove' | null

export function Overlay({ slug }: { slug: string }) {
  const [open, setOpen] = useState(false)
  return (
    <details class="live-overlay" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Overlay for OBS</summary>
      {open && <Links slug={slug} />}
    </details>
  )
}

function Links({ slug }: { slug: string }) {
  const { api } = useSession()
  const toast = useToast()
  const { value, denial, loading, reload, replace } = useLoad(() => api.overlay(slug))
  const [url, setUrl] = useState<string | null>(null)
  const [asking, setAsking] = useState<Asking>(null)

  function done<T>(answer: Answer<T>): T | undefined {
    setAsking(null)
    if (answer.ok) return answer.value
    toast(denialText(answer.denial), 'bad')
    return undefined
  }
  const make = useTask(async () => {
    const made = done(await api.makeOverlay(slug))
    if (!made) return
    setUrl(made.url)
    replace({ since: Date.now() })
  })
  const remove = useTask(async () => {
    const state = done(await api.removeOverlay(slug))
    if (!state) return
    setUrl(null)
    replace(state)
    toast('The overlay is closed.')
  })

  if (!value) {
    if (denial)
      return <Failure denial={denial} busy={loading} onRetry={() => void reload().catch(reportError)} />
    return <p class="soft">Looking for its link.</p>
  }
  return (
    <div class="live-overlay-body">
      <p>
        The public chat on a transparent page, to put over your picture. It never shows private messages. Add
        it in OBS as a browser source, for example 500 wide and 800 high.
      </p>
      {url !== null && (
        <>
          <input
            class="input live-overlay-link"
            aria-label="Link of the overlay"
            readOnly
            value={url}
            onFocus={(event) => event.currentTarget.select()}
          />
          <p class="soft">
            Copy it now: it is shown this once. Put <code>?size=30</code> (letters, in pixels),{' '}
            <code>fade=20</code> (seconds a message stays) or <code>pin=0</code> before the # sign, with &
            between them.
          </p>
        </>
      )}
      {url === null && value.since !== null && (
        <p class="soft">
          There is a link already. Whoever has it sees the public chat. If it is lost, replace it.
        </p>
      )}
      <div class="row">
        {url !== null && <CopyButton text={url}>Copy the overlay’s link</CopyButton>}
        {value.since === null ? (
          <Button busy={make.busy} onClick={() => make.run()}>
            Make a link
          </Button>
        ) : (
          <>
            <Button onClick={() => setAsking('replace')}>Replace the link</Button>
            <Button onClick={() => setAsking('remove')}>Remove it</Button>
          </>
        )}
      </div>
      <Dialog
        open={asking !== null}
        title={asking === 'remove' ? 'Remove the overlay’s link?' : 'Replace the overlay’s link?'}
        onClose={() => setAsking(null)}
      >
        <p>
          Overlays that are open now go blank at once
          {asking === 'replace' ? ', until OBS has the new link' : ''}.
        </p>
        <DialogActions>
          <Button onClick={() => setAsking(null)}>Keep it</Button>
          {asking === 'remove' ? (
            <Button variant="danger" busy={remove.busy} onClick={() => remove.run()}>
              Remove the link
            </Button>
          ) : (
            <Button variant="primary" busy={make.busy} onClick={() => make.run()}>
              Replace the link
            </Button>
          )}
        </DialogActions>
      </Dialog>
    </div>
  )
}
