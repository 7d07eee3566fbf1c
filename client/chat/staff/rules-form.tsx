// The host's rules of the chat: who may write, what becomes of it, and what each choice does, in plain words.
import { useState } from 'preact/hooks'
import type { Rules } from '../../../shared/protocol/events.ts'
import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useTask } from '../../ui/task.ts'
import type { Chat } from '../chat.ts'
import { secondsText } from '../lines.ts'
import { useChatState } from '../use-chat.ts'
import { Check, Choice } from './check.tsx'
import { PRESETS, choicesWith, rulesOf, sameSettings, type Settings } from './presets.ts'
import { Select } from './select.tsx'
import { spanText } from './spans.ts'
import { kindly } from './words.ts'

const AGES = [0, 600, 3_600, 86_400, 604_800, 2_592_000]
const PACES = [0, 3, 5, 10, 30, 60, 120, 300]
const REPEATS = [0, 30, 60, 120, 300]
const DELAYS = [0, 1, 2, 3, 4, 5, 6]

const WHO: readonly { value: Rules['who']; name: string; hint: string }[] = [
  { value: 'everyone', name: 'Everyone', hint: 'Guests too: a name is enough.' },
  { value: 'accounts', name: 'Accounts', hint: 'Guests read along and may sign up.' },
  { value: 'members', name: 'Members', hint: 'Only whom you made a member, on their card.' },
]
const LINKS: readonly { value: Rules['links']; name: string; hint: string }[] = [
  { value: 'allowed', name: 'Allowed', hint: 'Links appear at once.' },
  { value: 'held', name: 'Held', hint: 'A message with a link waits for your decision.' },
  { value: 'refused', name: 'Refused', hint: 'A message with a link is not taken.' },
]

export function RulesForm({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  const rules = useChatState(chat, ({ room }) => room.rules)
  const slowSeconds = useChatState(chat, ({ room }) => room.slowSeconds)
  const now: Settings = { ...rules, slowSeconds }
  // Follows what is in force until something is changed here.
  const [draft, setDraft] = useState<{ from: Settings; to: Settings } | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [saved, setSaved] = useState(false)
  const shown = draft?.to ?? now
  const changed = draft !== null && !sameSettings(draft.to, now)
  const change = (part: Partial<Settings>) => {
    setSaved(false)
    setDraft({ from: draft?.from ?? now, to: { ...shown, ...part } })
  }
  const save = useTask(async () => {
    const { slowSeconds: pace, ...others } = shown
    const sameRules = sameSettings({ ...others, slowSeconds }, now)
    const refused =
      (sameRules ? null : await chat.rules(rulesOf(shown))) ??
      (pace === slowSeconds ? null : await chat.slow(pace))
    setProblem(kindly(refused))
    if (refused !== null) return
    setDraft(null)
    setSaved(true)
  })
  return (
    <form
      class="staff-form"
      noValidate
      aria-label="Rules of this chat"
      onSubmit={(event) => {
        event.preventDefault()
        save.run()
      }}
    >
      <p class="soft">They hold for viewers. You and your moderators are free of them.</p>
      <div class="staff-presets" role="group" aria-label="Begin with">
        {PRESETS.map(({ name, does, settings }) => (
          <button
            key={name}
            type="button"
            class="staff-preset"
            aria-pressed={sameSettings(settings, shown)}
            onClick={() => change(settings)}
          >
            <strong>{name}</strong>
            <span>{does}</span>
          </button>
        ))}
      </div>
      {draft && !sameSettings(draft.from, now) && !save.busy && (
        <Notice tone="warn" title="The rules changed meanwhile" speaks>
          <p>Saving puts yours in their place.</p>
        </Notice>
      )}
      <Choice
        legend="Who may write"
        name="who"
        value={shown.who}
        onValue={(who) => change({ who })}
        choices={WHO}
      />
      <Select
        label="Newcomers wait"
        hint="So long after a person first came, or the account was made."
        value={shown.minAgeSeconds}
        choices={choicesWith(AGES, shown.minAgeSeconds)}
        say={(seconds) => (seconds === 0 ? 'Not at all' : spanText(seconds))}
        onValue={(minAgeSeconds) => change({ minAgeSeconds })}
      />
      <Select
        label="Slow mode"
        hint="The pause between two messages of one person."
        value={shown.slowSeconds}
        choices={choicesWith(PACES, shown.slowSeconds)}
        say={(seconds) => (seconds === 0 ? 'Off' : `One message every ${secondsText(seconds)}`)}
        onValue={(pace) => change({ slowSeconds: pace })}
      />
      <Choice
        legend="Links"
        name="links"
        value={shown.links}
        onValue={(links) => change({ links })}
        choices={LINKS}
      />
      <Check
        checked={shown.review}
        onChecked={(review) => change({ review })}
        hint="Nothing appears before you or a moderator approved it."
      >
        Review every message
      </Check>
      <Select
        label="Repeats"
        hint="The same words of one person again are not taken."
        value={shown.duplicateSeconds}
        choices={choicesWith(REPEATS, shown.duplicateSeconds)}
        say={(seconds) => (seconds === 0 ? 'Allowed' : `Not within ${spanText(seconds)}`)}
        onValue={(duplicateSeconds) => change({ duplicateSeconds })}
      />
      <Select
        label="Head start for you"
        hint="Viewers see public messages this much later: what you delete in time they never read."
        value={shown.delaySeconds}
        choices={choicesWith(DELAYS, shown.delaySeconds)}
        say={(seconds) => (seconds === 0 ? 'None' : spanText(seconds))}
        onValue={(delaySeconds) => change({ delaySeconds })}
      />
      {problem !== null && (
        <Notice tone="bad" title="Not saved" speaks>
          <p>{problem}</p>
        </Notice>
      )}
      <div class="row staff-save">
        <Button variant="primary" type="submit" busy={save.busy} disabled={!changed && !save.busy}>
          Save
        </Button>
        <Button onClick={onClose}>{changed ? 'Cancel' : 'Close'}</Button>
        <span role="status">{saved && !changed ? 'Saved.' : changed ? 'Not saved yet.' : ''}</span>
      </div>
    </form>
  )
}
