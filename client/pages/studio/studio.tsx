// The host's list: own streams, newest first; create and edit in a dialog.
import { useState } from 'preact/hooks'
import type { OwnStreams, StreamCard } from '../../../shared/api/streams.ts'
import { Failure } from '../../frame/failure.tsx'
import { Frame } from '../../frame/frame.tsx'
import { useLoad, type Load } from '../../frame/load.ts'
import { useSession } from '../../frame/session.tsx'
import { useTitle } from '../../frame/title.ts'
import { TermsForm } from '../../chat/staff/terms-form.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { PlusIcon } from '../../ui/icons.tsx'
import { Skeleton } from '../../ui/spinner.tsx'
import { useToast } from '../../ui/toasts.tsx'
import { FirstTime, Stranger } from './empty.tsx'
import { Show } from './show.tsx'
import { StreamForm } from './stream-form.tsx'
import './studio.css'

const RELOAD_MS = 20_000

export function StudioPage() {
  useTitle('Studio')
  const { me, denial, retry } = useSession()
  return (
    <Frame here="studio">
      {denial && <Failure denial={denial} onRetry={retry} />}
      {!me && !denial && <Waiting />}
      {me && (me.principal?.canHost ? <Shows /> : <Stranger person={me.principal} />)}
    </Frame>
  )
}

function Shows() {
  const { api } = useSession()
  const load = useLoad(api.own, RELOAD_MS)
  // Undefined: no dialog. Null: a new stream.
  const [editing, setEditing] = useState<StreamCard | null>()
  const create = () => setEditing(null)
  const [words, setWords] = useState(false)
  const streams = load.value?.streams
  return (
    <>
      <div class="row row-apart">
        <h1>Your streams</h1>
        {streams && streams.length > 0 && (
          <div class="row">
            <Button onClick={() => setWords(true)}>Blocked words</Button>
            <Button variant="primary" onClick={create}>
              <PlusIcon /> New stream
            </Button>
          </div>
        )}
      </div>
      <Dialog open={words} title="Blocked words" onClose={() => setWords(false)} keeps>
        <div class="staff-card">
          <TermsForm onClose={() => setWords(false)} />
        </div>
      </Dialog>
      {load.denial && (
        <Failure
          denial={load.denial}
          busy={load.loading}
          onRetry={() => void load.reload().catch(reportError)}
        />
      )}
      {!streams && !load.denial && <Waiting />}
      {streams?.length === 0 && <FirstTime onCreate={create} />}
      {streams && streams.length > 0 && (
        <ul class="shows">
          {streams.map((stream) => (
            <Show key={stream.id} stream={stream} onEdit={() => setEditing(stream)} />
          ))}
        </ul>
      )}
      <EditDialog editing={editing} load={load} onChange={setEditing} onClose={() => setEditing(undefined)} />
    </>
  )
}

type EditDialogProps = {
  editing: StreamCard | null | undefined
  load: Load<OwnStreams>
  onChange: (stream: StreamCard) => void
  onClose: () => void
}

function EditDialog({ editing, load, onChange, onClose }: EditDialogProps) {
  const toast = useToast()
  const keep = (stream: StreamCard) => {
    const others = load.value?.streams.filter((one) => one.id !== stream.id) ?? []
    const at = load.value?.streams.findIndex((one) => one.id === stream.id) ?? -1
    // A new one comes first; an edited one keeps its place.
    load.replace({ streams: others.toSpliced(Math.max(at, 0), 0, stream) })
  }
  const changed = (stream: StreamCard) => {
    keep(stream)
    onChange(stream)
    toast('There is a new invite link.')
  }
  const done = (stream: StreamCard) => {
    keep(stream)
    toast(editing ? 'Saved.' : 'Created. Go live when you are ready.')
    onClose()
    requestAnimationFrame(() => document.getElementById(`show-${stream.id}`)?.focus())
  }
  return (
    <Dialog
      open={editing !== undefined}
      title={editing ? 'Edit the stream' : 'New stream'}
      onClose={onClose}
      keeps
    >
      {editing !== undefined && (
        <StreamForm stream={editing} onDone={done} onChange={changed} onCancel={onClose} />
      )}
    </Dialog>
  )
}

function Waiting() {
  return (
    <div class="stack" aria-busy="true">
      <p class="sr-only">Loading your streams.</p>
      <Skeleton class="show-skeleton" />
      <Skeleton class="show-skeleton" />
    </div>
  )
}
