// Leaving: here, or everywhere at once.
import { useState } from 'preact/hooks'
import type { Me } from '../../../shared/api/identity.ts'
import type { Answer, Denial } from '../../api.ts'
import { Failure } from '../../frame/failure.tsx'
import { useSession } from '../../frame/session.tsx'
import { paths } from '../../paths.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { useTask } from '../../ui/task.ts'

export function Sessions() {
  const { api } = useSession()
  const [asking, setAsking] = useState(false)
  const [denial, setDenial] = useState<Denial>()
  const leave = useTask(async (signOut: () => Promise<Answer<Me>>) => {
    setDenial(undefined)
    const answer = await signOut()
    if (answer.ok) location.assign(paths.home)
    else setDenial(answer.denial)
  })
  return (
    <section class="panel">
      <h2>Sign out</h2>
      {denial && !asking && <Failure denial={denial} />}
      <div class="row">
        <Button busy={leave.busy} onClick={() => leave.run(api.signOut)}>
          Sign out here
        </Button>
        <Button onClick={() => setAsking(true)}>Sign out everywhere</Button>
      </div>
      <Dialog open={asking} title="Sign out everywhere?" onClose={() => setAsking(false)}>
        <p>Every browser of this account is signed out, this one too. Open chats of yours are closed.</p>
        {denial && <Failure denial={denial} />}
        <DialogActions>
          <Button onClick={() => setAsking(false)}>Stay signed in</Button>
          <Button variant="danger" busy={leave.busy} onClick={() => leave.run(api.signOutEverywhere)}>
            Sign out everywhere
          </Button>
        </DialogActions>
      </Dialog>
    </section>
  )
}
