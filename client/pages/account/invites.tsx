// Invites: a link that lets one person create an account, once. Shown once; the server keeps only its hash.
import { useState } from 'preact/hooks'
import type { Invite } from '../../../shared/api/identity.ts'
import { Form, useForm } from '../../frame/form.tsx'
import { useSession } from '../../frame/session.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { dateText } from '../../ui/time.ts'

export function Invites() {
  const { api } = useSession()
  const [canHost, setCanHost] = useState(false)
  const [invite, setInvite] = useState<Invite>()
  const form = useForm({ check: () => ({}), send: () => api.invite({ canHost }), done: setInvite })
  return (
    <section class="panel">
      <h2>Invite someone</h2>
      <Form form={form} label="Invite someone" submit="Make an invite link">
        <label class="check">
          <input
            type="checkbox"
            checked={canHost}
            onChange={(event) => setCanHost(event.currentTarget.checked)}
          />
          They may host streams too
        </label>
      </Form>
      <div role="status">
        {invite && (
          <div class="invite-link">
            <p>Send this link to one person. It works once, until {dateText(invite.expiresAt)}.</p>
            <code>{invite.url}</code>
            <div class="row">
              <CopyButton text={invite.url}>Copy the invite</CopyButton>
            </div>
          </div>
        )}
      </div>
    </section>
  )
}
