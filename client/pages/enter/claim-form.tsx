// After the first login link: name, e-mail and password, so that the next time needs no link.
import { useState } from 'preact/hooks'
import type { Me } from '../../../shared/api/identity.ts'
import { LIMITS } from '../../../shared/protocol/limits.ts'
import { emailProblem, nameProblem, passwordProblem } from '../../frame/checks.ts'
import { Form, useForm } from '../../frame/form.tsx'
import { useSession } from '../../frame/session.tsx'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { PasswordField } from '../../ui/password.tsx'

export function ClaimForm({ me, onDone }: { me: Me; onDone: (me: Me) => void }) {
  const { api } = useSession()
  const [name, setName] = useState(me.principal?.name ?? '')
  const [email, setEmail] = useState(me.principal?.email ?? '')
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
      <Form
        form={form}
        label="Set up your account"
        submit="Save and go on"
        actions={
          <Button variant="quiet" onClick={() => onDone(me)}>
            Later
          </Button>
        }
      >
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
