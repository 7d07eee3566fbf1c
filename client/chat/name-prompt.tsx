// Asked once, before a guest's first message: under which name? Skipping keeps the one that was made up.
import { useEffect, useRef, useState } from 'preact/hooks'
import { LIMITS } from '../../shared/protocol/limits.ts'
import { useSession } from '../frame/session.tsx'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { useTask } from '../ui/task.ts'
import { shelfOf } from './browser.ts'
import type { Chat } from './chat.ts'
import { useChatState } from './use-chat.ts'

const KEY = 'stagedoor.named'
const shelf = /* @__PURE__ */ shelfOf(() => localStorage)

export function useNeedsName(chat: Chat): boolean {
  const you = useChatState(chat, ({ room }) => room.you)
  return you?.guest === true && shelf.get(KEY) !== you.id
}

export function NamePrompt({ chat, onDone }: { chat: Chat; onDone: () => void }) {
  const { api, become } = useSession()
  const you = useChatState(chat, ({ room }) => room.you)
  const [name, setName] = useState('')
  const [problem, setProblem] = useState<string>()
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector('input')?.focus(), [])
  const done = () => {
    if (you) shelf.set(KEY, you.id)
    onDone()
  }
  const choose = useTask(async () => {
    if (name.trim() === '') {
      done()
      return
    }
    // The pass has made this person already, so the name is a change of theirs.
    const answer = await api.changeProfile({ name: name.trim() })
    if (answer.ok) {
      become(answer.value)
      // The socket still has the old name: come back as the same person under the new one. What is posted
      // meanwhile waits for that.
      chat.restart()
      done()
    } else setProblem(answer.denial.says)
  })
  return (
    <form
      ref={form}
      class="chat-naming"
      onSubmit={(event) => {
        event.preventDefault()
        choose.run()
      }}
    >
      <TextField
        label="Your name in this chat"
        value={name}
        onValue={setName}
        placeholder={you?.name}
        error={problem}
        maxLength={LIMITS.nameChars}
        autocomplete="nickname"
      />
      <div class="chat-naming-actions">
        <Button type="submit" variant="primary" busy={choose.busy}>
          Send as {name.trim() === '' ? (you?.name ?? 'guest') : name.trim()}
        </Button>
        {name.trim() !== '' && (
          <Button variant="quiet" onClick={done}>
            Skip
          </Button>
        )}
      </div>
    </form>
  )
}
