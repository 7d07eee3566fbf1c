// E-mail and password in, a session out.
import { useState } from 'preact/hooks'
import type { Me } from '../../../shared/api/identity.ts'
import { emailProblem, filled } from '../../frame/checks.ts'
import { Form, useForm } from '../../frame/form.tsx'
import { useSession } from '../../frame/session.tsx'
import { TextField } from '../../ui/field.tsx'
import { PasswordField } from '../../ui/password.tsx'

type SignInFormProps = { email: string; onEmail: (email: string) => void; onDone: (me: Me) => void }

export function SignInForm({ email, onEmail, onDone }: SignInFormProps) {
  const { api } = useSession()
  const [password, setPassword] = useState('')
  const form = useForm({
    check: () => ({ email: emailProblem(email), password: filled(password, 'Enter your password.') }),
    send: () => api.signIn({ email: email.trim(), password }),
    done: onDone,
  })
  return (
    <Form form={form} label="Sign in" submit="Sign in">
      <TextField
        label="E-mail"
        type="email"
        autocomplete="username"
        value={email}
        onValue={onEmail}
        error={form.wrong.email}
      />
      <PasswordField
        label="Password"
        use="current-password"
        value={password}
        onValue={setPassword}
        error={form.wrong.password}
      />
    </Form>
  )
}
