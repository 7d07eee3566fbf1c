// Where else the show is sent to: targets with their state, one more, one less.
import { useState } from 'preact/hooks'
import type { Simulcast as Targets } from '../../../shared/api/simulcast.ts'
import { denialText, Failure } from '../../frame/failure.tsx'
import { useLoad } from '../../frame/load.ts'
import { useSession } from '../../frame/session.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'
import { useTask } from '../../ui/task.ts'
import { useToast } from '../../ui/toasts.tsx'

type Target = Targets['targets'][number]

const STATE_MS = 3_000
const STATES: Record<Target['state'], { tone: string; says: string }> = {
  off: { tone: 'idle', says: 'Starts when you are live' },
  connecting: { tone: 'warn', says: 'Connecting' },
  live: { tone: 'good', says: 'Live' },
  waiting: { tone: 'warn', says: 'Trying again' },
  failed: { tone: 'bad', says: 'Stopped' },
}

export function Simulcast({ slug }: { slug: string }) {
  const [open, setOpen] = useState(false)
  return (
    <details class="live-simulcast" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Also send it to other services</summary>
      {open && <List slug={slug} />}
    </details>
  )
}

function List({ slug }: { slug: string }) {
  const { api } = useSession()
  const toast = useToast()
  const { value, denial, loading, reload, replace } = useLoad(() => api.simulcast(slug), STATE_MS)
  const [removing, setRemoving] = useState<Target | null>(null)
  const remove = useTask(async () => {
    if (!removing) return
    const answer = await api.removeTarget(slug, removing.id)
    setRemoving(null)
    if (answer.ok) replace(answer.value)
    else toast(denialText(answer.denial), 'bad')
  })
  if (!value) {
    if (denial)
      return <Failure denial={denial} busy={loading} onRetry={() => void reload().catch(reportError)} />
    return <p class="soft">Looking for the other services.</p>
  }
  const { targets, most } = value
  return (
    <div class="live-encoder-body">
      {targets.length > 0 && (
        <ul class="live-targets">
          {targets.map((target) => (
            <li key={target.id}>
              <div>
                <strong>{target.name}</strong> <span class="soft live-target-url">{target.url}</span>
                <div class={`health health-${STATES[target.state].tone}`}>
                  {STATES[target.state].says}
                  {target.says !== null && `: ${target.says}`}
                </div>
              </div>
              <Button aria-label={`Remove ${target.name}`} onClick={() => setRemoving(target)}>
                Remove
              </Button>
            </li>
          ))}
        </ul>
      )}
      {targets.length < most ? (
        <Add slug={slug} done={replace} />
      ) : (
        <p class="soft">These are as many as there may be.</p>
      )}
      <Dialog
        open={removing !== null}
        title={`Remove ${removing?.name ?? ''}?`}
        onClose={() => setRemoving(null)}
      >
        <p>Nothing is sent there any more, at once. Its key is forgotten here.</p>
        <DialogActions>
          <Button onClick={() => setRemoving(null)}>Keep it</Button>
          <Button variant="danger" busy={remove.busy} onClick={() => remove.run()}>
            Remove it
          </Button>
        </DialogActions>
      </Dialog>
    </div>
  )
}

function Add({ slug, done }: { slug: string; done: (value: Targets) => void }) {
  const { api } = useSession()
  const [name, setName] = useState('')
  const [url, setUrl] = useState('')
  const [key, setKey] = useState('')
  const [refused, setRefused] = useState<{ field: string | undefined; says: string } | null>(null)
  const add = useTask(async () => {
    const answer = await api.addTarget(slug, { name, url, key })
    if (!answer.ok) {
      const { field } = answer.denial
      const says = field === 'url' ? 'It must look like rtmps://host/app.' : denialText(answer.denial)
      setRefused({ field, says })
      return
    }
    setRefused(null)
    setName('')
    setUrl('')
    setKey('')
    done(answer.value)
  })
  const faultOf = (field: string) => (refused?.field === field ? refused.says : undefined)
  const elsewhere = refused && !['name', 'url', 'key'].includes(refused.field ?? '')
  return (
    <form
      class="live-target-form"
      onSubmit={(event) => {
        event.preventDefault()
        add.run()
      }}
    >
      <TextField
        label="Name"
        value={name}
        onValue={setName}
        required
        maxLength={40}
        error={faultOf('name')}
      />
      <TextField
        label="Server"
        hint="As the other service says it, for example rtmps://live.example/app"
        value={url}
        onValue={setUrl}
        required
        maxLength={400}
        spellcheck={false}
        error={faultOf('url')}
      />
      <TextField
        label="Their stream key"
        hint="Kept sealed, and not shown again."
        type="password"
        autocomplete="off"
        value={key}
        onValue={setKey}
        required
        maxLength={400}
        error={faultOf('key')}
      />
      {elsewhere && (
        <p class="field-error" role="alert">
          {refused.says}
        </p>
      )}
      <div class="row">
        <Button type="submit" busy={add.busy}>
          Add it
        </Button>
      </div>
    </form>
  )
}
