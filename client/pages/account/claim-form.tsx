// Name, e-mail and password at once, for who came by a login link: the next time needs none. The server takes
// the last two only together.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Me } from '../../../shared/api/identity.ts'
import { LIMITS } from '../../../shared/protocol/limits.ts'
import { emailProblem, nameProblem, passwordProblem } from '../../frame/checks.ts'
import { Form, useForm } from '../../frame/form.tsx'
import { useSession } from '../../frame/session.tsx'
import { TextField } from '../../ui/field.tsx'
import { PasswordField } from '../../ui/password.tsx'
import type { Person } from './account.tsx'

type ClaimFormProps = {
  person: Person
  submit: string
  actions?: ComponentChildren
  onDone: (me: Me) => void
}

export function ClaimForm({ person, submit, actions, onDone }: ClaimFormProps) {
  const { api } = useSession()
  const [name, setName] = useState(person.name)
  const [email, setEmail] = useState(person.email ?? '')
  const [password, setPassword] = useState('')
  const form = useForm({
    check: () => ({
      name: nameProblem(name),
      email: emailProblem(email),
      password: passwordProblem(password),
    }),
    send: () => api.changeProfile({ name: name.trim(), email: email.trim(), password }),
    done: onDone,
  })
  return (
    <>
      <p class="lead">
        Choose an e-mail and a password now, so that you can come back without a link. The e-mail is never
        shown to anyone.
      </p>
      <Form form={form} label="Set up your account" submit={submit} actions={actions}>
        <TextField
          label="Name"
          hint="Your viewers see it."
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
          onValue={setEmail}
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
    </>
  )
}
