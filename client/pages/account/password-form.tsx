// A new password. It ends every other session of this account.
import { useState } from 'preact/hooks'
import { LIMITS } from '../../../shared/protocol/limits.ts'
import { filled, passwordProblem } from '../../frame/checks.ts'
import { Form, useForm } from '../../frame/form.tsx'
import { useSession } from '../../frame/session.tsx'
import { PasswordField } from '../../ui/password.tsx'
import { useToast } from '../../ui/toasts.tsx'

export function PasswordForm() {
  const { api, become } = useSession()
  const toast = useToast()
  const [currentPassword, setCurrentPassword] = useState('')
  const [password, setPassword] = useState('')
  const form = useForm({
    check: () => ({
      currentPassword: filled(currentPassword, 'Enter your present password.'),
      password: passwordProblem(password),
    }),
    send: () => api.changeProfile({ password, currentPassword }),
    done: (me) => {
      become(me)
      setCurrentPassword('')
      setPassword('')
      toast('Your password is changed. Other browsers are signed out.')
    },
  })
  return (
    <section class="panel">
      <h2>Password</h2>
      <Form form={form} label="Password" submit="Save the password">
        <PasswordField
          label="Present password"
          use="current-password"
          value={currentPassword}
          onValue={setCurrentPassword}
          error={form.wrong.currentPassword}
        />
        <PasswordField
          label="New password"
          hint={`At least ${LIMITS.passwordMinChars} characters. Other browsers will be signed out.`}
          use="new-password"
          value={password}
          onValue={setPassword}
          error={form.wrong.password}
        />
      </Form>
    </section>
  )
}
