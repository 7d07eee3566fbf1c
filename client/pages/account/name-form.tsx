// The name others see.
import { useState } from 'preact/hooks'
import { nameProblem } from '../../frame/checks.ts'
import { Form, useForm } from '../../frame/form.tsx'
import { useSession } from '../../frame/session.tsx'
import { TextField } from '../../ui/field.tsx'
import { useToast } from '../../ui/toasts.tsx'
import type { Person } from './account.tsx'

export function NameForm({ person }: { person: Person }) {
  const { api, become } = useSession()
  const toast = useToast()
  const [name, setName] = useState(person.name)
  const form = useForm({
    check: () => ({ name: nameProblem(name) }),
    send: () => api.changeProfile({ name: name.trim() }),
    done: (me) => {
      become(me)
      toast('Your name is changed.')
    },
  })
  return (
    <section class="panel">
      <h2>Name</h2>
      <Form form={form} label="Name" submit="Save the name">
        <TextField
          label="Name"
          hint="Shown beside what you write from now on."
          autocomplete="nickname"
          value={name}
          onValue={setName}
          error={form.wrong.name}
        />
      </Form>
    </section>
  )
}
