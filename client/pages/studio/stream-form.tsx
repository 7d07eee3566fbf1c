// Title, description, address and start of a stream: to create one, or to edit one (its address stays).
import { useState } from 'preact/hooks'
import type { GateRequest } from '../../../shared/api/gates.ts'
import type { StreamCard } from '../../../shared/api/streams.ts'
import { LIMITS } from '../../../shared/protocol/limits.ts'
import type { Api } from '../../api.ts'
import { filled } from '../../frame/checks.ts'
import { Form, useForm } from '../../frame/form.tsx'
import { useSession } from '../../frame/session.tsx'
import { paths } from '../../paths.ts'
import { Button } from '../../ui/button.tsx'
import { Field, TextField } from '../../ui/field.tsx'
import { GateFields, gateOf, passphraseProblem, type GateDraft } from './gate-fields.tsx'
import { fromLocalInput, toLocalInput, zoneText } from './local-time.ts'
import { slugPreview, slugProblem } from './slug.ts'

type StreamFormProps = {
  /** Null: a new one. */
  stream: StreamCard | null
  onDone: (stream: StreamCard) => void
  /** Something was saved already, and the form stays. */
  onChange: (stream: StreamCard) => void
  onCancel: () => void
}

type Draft = {
  title: string
  description: string
  slug: string
  startsAt: number | null
  gate: GateRequest
}

function save(api: Api, stream: StreamCard | null, { slug, ...draft }: Draft) {
  return stream
    ? api.editStream(stream.slug, draft)
    : api.createStream({ ...draft, ...(slug === '' ? {} : { slug }) })
}

export function StreamForm({ stream, onDone, onChange, onCancel }: StreamFormProps) {
  const { api } = useSession()
  const [title, setTitle] = useState(stream?.title ?? '')
  const [description, setDescription] = useState(stream?.description ?? '')
  const [slug, setSlug] = useState('')
  const [starts, setStarts] = useState(() => toLocalInput(stream?.startsAt ?? null))
  const [gate, setGate] = useState<GateDraft>({ kind: stream?.gate.kind ?? 'public', passphrase: '' })
  const startsAt = fromLocalInput(starts)
  const form = useForm({
    check: () => ({
      title:
        filled(title, 'Give the stream a title.') ??
        (title.trim().length > LIMITS.titleChars
          ? `Use at most ${LIMITS.titleChars} characters.`
          : undefined),
      description:
        description.length > LIMITS.descriptionChars
          ? `Use at most ${LIMITS.descriptionChars} characters.`
          : undefined,
      slug: slugProblem(slug),
      startsAt: startsAt === undefined ? 'This is no date and time.' : undefined,
      'gate.passphrase': passphraseProblem(gate, stream?.gate ?? null),
    }),
    send: () =>
      save(api, stream, {
        ...{ title: title.trim(), description, slug, startsAt: startsAt ?? null },
        gate: gateOf(gate),
      }),
    done: onDone,
  })
  async function resetLink({ slug: address }: StreamCard) {
    const answer = await api.editStream(address, { gate: { kind: 'invite', reset: true } })
    if (answer.ok) onChange(answer.value)
    return answer
  }
  return (
    <Form
      form={form}
      label={stream ? 'Edit the stream' : 'New stream'}
      submit={stream ? 'Save' : 'Create the stream'}
      actions={<Button onClick={onCancel}>Cancel</Button>}
    >
      <TextField label="Title" value={title} onValue={setTitle} error={form.wrong.title} />
      <Field label="Description" optional hint="Shown on the watch page." error={form.wrong.description}>
        {(control) => (
          <textarea
            {...control}
            class="input"
            rows={3}
            value={description}
            onInput={(event) => setDescription(event.currentTarget.value)}
          />
        )}
      </Field>
      {!stream && (
        <TextField
          label="Address"
          optional
          autocapitalize="none"
          autocomplete="off"
          spellcheck={false}
          placeholder={slugPreview(title)}
          value={slug}
          onValue={setSlug}
          error={form.wrong.slug}
          hint={<AddressHint slug={slug || slugPreview(title)} />}
        />
      )}
      <Field
        label="Starts"
        optional
        error={form.wrong.startsAt}
        hint={`Your local time, ${zoneText(startsAt ?? Date.now())}. Everyone sees their own.`}
      >
        {(control) => (
          <input
            {...control}
            class="input"
            type="datetime-local"
            value={starts}
            onInput={(event) => setStarts(event.currentTarget.value)}
          />
        )}
      </Field>
      <GateFields
        draft={gate}
        onDraft={setGate}
        former={stream?.gate ?? null}
        error={form.wrong['gate.passphrase']}
        reset={stream && (() => resetLink(stream))}
      />
    </Form>
  )
}

function AddressHint({ slug }: { slug: string }) {
  if (slug === '') return <>Made from the title when left empty.</>
  return (
    <>
      Viewers will go to <span class="address">{`${location.host}${paths.watch(slug)}`}</span>
    </>
  )
}
