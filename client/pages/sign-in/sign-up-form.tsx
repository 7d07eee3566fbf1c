// A new account, with the invite that allows it where one is needed.
import { useState } from 'preact/hooks'
import type { Me } from '../../../shared/api/identity.ts'
import { LIMITS } from '../../../shared/protocol/limits.ts'
import { emailProblem, nameProblem, passwordProblem } from '../../frame/checks.ts'
import { Form, useForm } from '../../frame/form.tsx'
import { useSession } from '../../frame/session.tsx'
import { TextField } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import { PasswordField } from '../../ui/password.tsx'

type SignUpFormProps = {
  invite: string | undefined
  email: string
  onEmail: (email: string) => void
  onDone: (me: Me) => void
}

export function SignUpForm({ invite, email, onEmail, onDone }: SignUpFormProps) {
  const { api, me } = useSession()
  const [name, setName] = useState(me?.principal?.kind === 'guest' ? me.principal.name : '')
  const [password, setPassword] = useState('')
  // The account is this guest from then on.
  const isGuest = me?.principal?.kind === 'guest'
  const hint = isGuest ? 'Your conversations stay yours.' : 'Shown beside what you write.'
  const form = useForm({
    check: () => ({
      name: nameProblem(name),
      email: emailProblem(email),
      password: passwordProblem(password),
    }),
    send: () =>
      api.signUp({
        name: name.trim(),
        email: email.trim(),
        password,
        ...(invite === undefined ? {} : { invite }),
      }),
    done: onDone,
  })
  return (
    <Form form={form} label="Create an account" submit="Create the account">
      {invite !== undefined && <Notice tone="good" title="You are invited" />}
      <TextField
        label="Name"
        hint={hint}
        autocomplete="nickname"
        value={name}
        onValue={setName}
        error={form.wrong.name}
      />
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
        hint={`At least ${LIMITS.passwordMinChars} characters.`}
        use="new-password"
        value={password}
        onValue={setPassword}
        error={form.wrong.password}
      />
    </Form>
  )
}
