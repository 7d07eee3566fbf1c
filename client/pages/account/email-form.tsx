// The e-mail to sign in with. Nobody else sees it.
import { useState } from 'preact/hooks'
import { emailProblem, filled } from '../../frame/checks.ts'
import { Form, useForm } from '../../frame/form.tsx'
import { useSession } from '../../frame/session.tsx'
import { TextField } from '../../ui/field.tsx'
import { PasswordField } from '../../ui/password.tsx'
import { useToast } from '../../ui/toasts.tsx'
import type { Person } from './account.tsx'

export function EmailForm({ person }: { person: Person }) {
  const { api, become } = useSession()
  const toast = useToast()
  const [email, setEmail] = useState(person.email ?? '')
  const [currentPassword, setCurrentPassword] = useState('')
  const form = useForm({
    check: () => ({
      email: emailProblem(email),
      currentPassword: filled(currentPassword, 'Enter your password to confirm.'),
    }),
    send: () => api.changeProfile({ email: email.trim(), currentPassword }),
    done: (me) => {
      become(me)
      setCurrentPassword('')
      toast('Your e-mail is changed.')
    },
  })
  return (
    <section class="panel">
      <h2>E-mail</h2>
      <Form form={form} label="E-mail" submit="Save the e-mail">
        <TextField
          label="E-mail"
          hint="For signing in. Nobody sees it."
          type="email"
          autocomplete="username"
          value={email}
          onValue={setEmail}
          error={form.wrong.email}
        />
        <PasswordField
          label="Your password"
          use="current-password"
          value={currentPassword}
          onValue={setCurrentPassword}
          error={form.wrong.currentPassword}
        />
      </Form>
    </section>
  )
}
