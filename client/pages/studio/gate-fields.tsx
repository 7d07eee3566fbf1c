// Who may watch: one choice of the host, with what belongs to it.
import { useState } from 'preact/hooks'
import {
  GATE_KINDS,
  PASSPHRASE,
  type Gate,
  type GateKind,
  type GateRequest,
} from '../../../shared/api/gates.ts'
import type { Answer } from '../../api.ts'
import { Failure } from '../../frame/failure.tsx'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { TextField } from '../../ui/field.tsx'
import { useTask } from '../../ui/task.ts'
import './gate-fields.css'

const CHOICES: Record<GateKind, [name: string, says: string]> = {
  public: ['Everybody', 'On the page of all streams, open to anybody.'],
  unlisted: ['Unlisted', 'For whoever has the link; on no list, and not for search engines.'],
  passphrase: ['With a passphrase', 'Listed by its title; opens with words you give out.'],
  invite: ['With an invite link', 'On no list; opens with a link that you can reset.'],
  accounts: ['With an account', 'Listed by its title; opens for everybody who is signed in.'],
  members: ['Your members', 'Listed by its title; opens for people you made members in your chat.'],
}

export type GateDraft = { kind: GateKind; passphrase: string }

/** What is wrong with the passphrase. `former`: as it is saved; null, nothing is. */
export function passphraseProblem({ kind, passphrase }: GateDraft, former: Gate | null): string | undefined {
  if (kind !== 'passphrase') return undefined
  const { length } = passphrase.trim()
  if (length === 0) return former?.kind === 'passphrase' ? undefined : 'Choose a passphrase.'
  return length < PASSPHRASE.least || length > PASSPHRASE.most
    ? `Use ${PASSPHRASE.least} to ${PASSPHRASE.most} characters.`
    : undefined
}

export function gateOf({ kind, passphrase }: GateDraft): GateRequest {
  const words = passphrase.trim()
  return kind === 'passphrase' && words !== '' ? { kind, passphrase: words } : { kind }
}

type GateFieldsProps = {
  draft: GateDraft
  onDraft: (draft: GateDraft) => void
  former: Gate | null
  error: string | undefined
  /** Saves a new link at once. */
  reset: (() => Promise<Answer<unknown>>) | null
}

export function GateFields(props: GateFieldsProps) {
  const { draft, onDraft, former } = props
  return (
    <fieldset class="gate-fields">
      <legend class="field-label">Who may watch</legend>
      {GATE_KINDS.map((kind) => {
        const chosen = draft.kind === kind
        return (
          <div key={kind} class="gate-choice">
            <label>
              <input
                type="radio"
                name="gate"
                value={kind}
                checked={chosen}
                aria-describedby={chosen ? 'gate-hint' : undefined}
                onChange={() => onDraft({ ...draft, kind })}
              />
              <span>{CHOICES[kind][0]}</span>
            </label>
            {chosen && (
              <div class="gate-details">
                <p id="gate-hint" class="field-hint">
                  {CHOICES[kind][1]}
                </p>
                <Details {...props} />
              </div>
            )}
          </div>
        )
      })}
      {former !== null && former.kind !== draft.kind && (
        <p class="field-hint" role="status">
          When you save, whoever may not watch any longer is sent out within a second.
        </p>
      )}
    </fieldset>
  )
}

/** What belongs to the choice. */
function Details({ draft, onDraft, former, error, reset }: GateFieldsProps) {
  if (draft.kind === 'passphrase')
    return (
      <TextField
        label="Passphrase"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        value={draft.passphrase}
        onValue={(passphrase) => onDraft({ ...draft, passphrase })}
        error={error}
        hint={
          former?.kind === 'passphrase'
            ? 'Leave it empty to keep the one there is. A new one sends everybody out who entered by the old one.'
            : `At least ${PASSPHRASE.least} characters. It is kept as a hash: nobody can show it to you again.`
        }
      />
    )
  if (draft.kind !== 'invite') return null
  if (former?.link !== undefined && reset) return <InviteLink link={former.link} reset={reset} />
  return <p class="field-hint">The link is here and in your list of streams once this is saved.</p>
}

function InviteLink({ link, reset }: { link: string; reset: () => Promise<Answer<unknown>> }) {
  const [sure, setSure] = useState(false)
  const [failed, setFailed] = useState<Extract<Answer<unknown>, { ok: false }>>()
  const task = useTask(async () => {
    const answer = await reset()
    setFailed(answer.ok ? undefined : answer)
    setSure(false)
  })
  return (
    <div class="gate-link">
      <p class="address">{link}</p>
      {failed && <Failure denial={failed.denial} />}
      <div class="row">
        <CopyButton text={link}>Copy invite link</CopyButton>
        {!sure && (
          <Button variant="quiet" onClick={() => setSure(true)}>
            Reset link
          </Button>
        )}
      </div>
      {sure && (
        <>
          <p role="status">The old link stops working, and whoever came by it is sent out.</p>
          <div class="row">
            <Button variant="danger" busy={task.busy} onClick={task.run}>
              Reset it
            </Button>
            <Button variant="quiet" onClick={() => setSure(false)}>
              Keep it
            </Button>
          </div>
        </>
      )}
    </div>
  )
}
