// The host's blocked words, one on a line: those that make a message wait, and those that refuse it. They hold in
// all streams of the host.
import { useRef, useState } from 'preact/hooks'
import { Failure } from '../../frame/failure.tsx'
import { useLoad } from '../../frame/load.ts'
import { useSession } from '../../frame/session.tsx'
import type { Denial } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Skeleton } from '../../ui/spinner.tsx'
import { useTask } from '../../ui/task.ts'
import {
  problemAt,
  problemsOf,
  termsOf,
  textsOf,
  type TermAction,
  type TermProblem,
  type TermTexts,
} from './terms.ts'
import './staff.css'

const EDITORS: readonly { action: TermAction; label: string; hint: string }[] = [
  {
    action: 'hold',
    label: 'Hold for a decision',
    hint: 'The message waits; you or a moderator approve or reject it.',
  },
  { action: 'refuse', label: 'Refuse', hint: 'The message is not taken, and its writer is told so.' },
]

export function TermsForm({ onClose }: { onClose: () => void }) {
  const { api } = useSession()
  const { value, denial, loading, reload, replace } = useLoad(api.terms)
  if (!value)
    return denial ? (
      <Failure denial={denial} busy={loading} onRetry={() => void reload().catch(reportError)} />
    ) : (
      <>
        <p class="sr-only">Loading the blocked words.</p>
        <Skeleton class="staff-skeleton" />
      </>
    )
  return <Editor start={textsOf(value.terms)} onSaved={(terms) => replace({ terms })} onClose={onClose} />
}

type EditorProps = {
  start: TermTexts
  onSaved: (terms: ReturnType<typeof termsOf>['terms']) => void
  onClose: () => void
}

function Editor({ start, onSaved, onClose }: EditorProps) {
  const { api } = useSession()
  const [texts, setTexts] = useState(start)
  const [problems, setProblems] = useState<TermProblem[]>([])
  const [denial, setDenial] = useState<Denial>()
  const [saved, setSaved] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const changed = texts.hold !== start.hold || texts.refuse !== start.refuse
  const show = ({ action, line }: TermProblem) => {
    const area = form.current?.querySelector<HTMLTextAreaElement>(`[data-terms="${action}"]`)
    const lines = texts[action].split('\n')
    const begin = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0)
    area?.focus()
    area?.setSelectionRange(begin, begin + (lines[line - 1]?.length ?? 0))
  }
  const save = useTask(async () => {
    setSaved(false)
    setDenial(undefined)
    const found = problemsOf(texts)
    setProblems(found)
    if (found[0]) {
      show(found[0])
      return
    }
    const { terms } = termsOf(texts)
    const answer = await api.saveTerms({ terms })
    if (answer.ok) {
      // They come back tidied.
      setTexts(textsOf(answer.value.terms))
      onSaved(answer.value.terms)
      setSaved(true)
      return
    }
    const problem = problemAt(texts, answer.denial.field)
    if (!problem) {
      setDenial(answer.denial)
      return
    }
    setProblems([problem])
    show(problem)
  })
  return (
    <form
      ref={form}
      class="staff-form"
      noValidate
      aria-label="Blocked words"
      onSubmit={(event) => {
        event.preventDefault()
        save.run()
      }}
    >
      <p class="soft">
        One word or phrase on a line; large and small letters are alike. A <code>*</code> stands for any
        letters: <code>spoil*</code> finds “spoiler” and “spoiled”. They hold in all your streams and never
        touch private messages.
      </p>
      {EDITORS.map(({ action, label, hint }) => {
        const here = problems.filter((problem) => problem.action === action)
        return (
          <div key={action} class="staff-terms">
            <Field label={label} hint={hint} error={here.length > 0 ? linesWrong(here.length) : undefined}>
              {(control) => (
                <textarea
                  {...control}
                  data-terms={action}
                  class="input"
                  rows={6}
                  autocapitalize="none"
                  autocomplete="off"
                  spellcheck={false}
                  wrap="off"
                  value={texts[action]}
                  onInput={(event) => {
                    setTexts({ ...texts, [action]: event.currentTarget.value })
                    setSaved(false)
                  }}
                />
              )}
            </Field>
            {here.length > 0 && (
              <ul class="staff-list" aria-label={`What is wrong in ${label}`}>
                {here.map((problem) => (
                  <li key={problem.line}>
                    <button type="button" class="staff-link" onClick={() => show(problem)}>
                      Line {problem.line}
                    </button>
                    : {problem.says}
                  </li>
                ))}
              </ul>
            )}
          </div>
        )
      })}
      {denial && <Failure denial={denial} />}
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

const linesWrong = (count: number): string => (count === 1 ? 'Mend one line.' : `Mend ${count} lines.`)
