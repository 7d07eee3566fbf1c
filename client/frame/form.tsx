// How every form behaves: check on submit, send once, show a refusal at the field it names or above them all,
// and lead the focus to the first field that needs mending.
import type { ComponentChildren, RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Answer, Denial } from '../api.ts'
import { Button } from '../ui/button.tsx'
import { useTask } from '../ui/task.ts'
import { Failure } from './failure.tsx'

/** Field name -> what is wrong with it. */
export type Problems<K extends string> = Partial<Record<K, string | undefined>>

type FormPlan<K extends string, T> = {
  /** What can be said before asking the server; names every field that a refusal may name. */
  check: () => Record<K, string | undefined>
  send: () => Promise<Answer<T>>
  done: (value: T) => void
}

export type FormState<K extends string> = {
  wrong: Problems<K>
  /** A refusal that belongs to no field. */
  denial: Denial | undefined
  busy: boolean
  submit: () => void
  ref: RefObject<HTMLFormElement | null>
}

/** Refusals that are about one field even when they do not name it. */
const FIELD_OF: Partial<Record<Denial['code'], string>> = {
  email_taken: 'email',
  slug_taken: 'slug',
  passphrase_wrong: 'passphrase',
}

export function useForm<K extends string, T>({ check, send, done }: FormPlan<K, T>): FormState<K> {
  const [wrong, setWrong] = useState<Problems<K>>({})
  const [denial, setDenial] = useState<Denial>()
  const ref = useRef<HTMLFormElement>(null)
  const task = useTask(async () => {
    const problems = check()
    setDenial(undefined)
    setWrong(problems)
    if (Object.values(problems).some((problem) => problem !== undefined)) return
    const answer = await send()
    if (answer.ok) {
      done(answer.value)
      return
    }
    const field = answer.denial.field ?? FIELD_OF[answer.denial.code]
    if (field !== undefined && field in problems) setWrong({ ...problems, [field]: answer.denial.says })
    else setDenial(answer.denial)
  })
  // `wrong` is a new object after each try, so a second failure leads the focus back as well.
  useEffect(() => ref.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(), [wrong])
  return { wrong, denial, busy: task.busy, submit: task.run, ref }
}

type FormProps<K extends string> = {
  form: FormState<K>
  label: string
  submit: string
  /** Beside the submit button. */
  actions?: ComponentChildren
  children: ComponentChildren
}

export function Form<K extends string>({ form, label, submit, actions, children }: FormProps<K>) {
  return (
    <form
      ref={form.ref}
      class="stack"
      // The browser's own bubbles vanish and cannot be styled; ours stay at the field.
      noValidate
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault()
        form.submit()
      }}
    >
      {form.denial && <Failure denial={form.denial} />}
      {children}
      <div class="row">
        <Button variant="primary" type="submit" busy={form.busy}>
          {submit}
        </Button>
        {actions}
      </div>
    </form>
  )
}
