// Asked once, before a guest's first message: under which name? One may stay who the server made one.
import { useEffect, useState } from 'preact/hooks'
import type { Cmid } from '../../shared/ids.ts'
import { ERRORS } from '../../shared/protocol/errors.ts'
import { nameProblem } from '../frame/checks.ts'
import { Form, useForm } from '../frame/form.tsx'
import { useSession } from '../frame/session.tsx'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { shelfOf } from './browser.ts'
import type { Chat } from './chat.ts'
import type { Lane } from './outbox.ts'
import { useChatState } from './use-chat.ts'

const KEY = 'stagedoor.named'
const shelf = /* @__PURE__ */ shelfOf(() => localStorage)

export function useNeedsName(chat: Chat): boolean {
  const you = useChatState(chat, ({ room }) => room.you)
  return you?.guest === true && shelf.get(KEY) !== you.id
}

/** The message of this lane that waits for another name, if one was refused for the present one. */
export function useReservedName(chat: Chat, lane: Lane): Cmid | undefined {
  return useChatState(
    chat,
    ({ outgoing }) =>
      outgoing.find(
        (item) =>
          item.lane === lane && item.delivery.is === 'refused' && item.delivery.code === 'name_reserved',
      )?.cmid,
  )
}

/** `reserved`: the present name was refused, so that one cannot stay. */
type NamePromptProps = { chat: Chat; reserved: boolean; onDone: () => void; onCancel: () => void }

export function NamePrompt({ chat, reserved, onDone, onCancel }: NamePromptProps) {
  const { api, become } = useSession()
  const you = useChatState(chat, ({ room }) => room.you)
  const [name, setName] = useState('')
  const done = () => {
    if (you) shelf.set(KEY, you.id)
    onDone()
  }
  const form = useForm({
    check: () => ({ name: nameProblem(name) }),
    // The pass has made this person already, so the name is a change of theirs.
    send: () => api.changeProfile({ name: name.trim() }),
    done: (me) => {
      become(me)
      // The socket still has the old name: come back as the same person under the new one. What is posted
      // meanwhile waits for that.
      chat.restart()
      done()
    },
  })
  useEffect(() => form.ref.current?.querySelector('input')?.focus(), [])
  return (
    <div class="chat-naming" onKeyDown={(event) => event.key === 'Escape' && onCancel()}>
      <Form
        form={form}
        label="Your name"
        submit="Send"
        actions={
          reserved ? (
            <Button variant="quiet" onClick={onCancel}>
              Not now
            </Button>
          ) : (
            <Button variant="quiet" onClick={done}>
              Stay {you?.name ?? 'a guest'}
            </Button>
          )
        }
      >
        <TextField
          label="Your name in this chat"
          autocomplete="nickname"
          value={name}
          onValue={setName}
          error={form.wrong.name ?? (reserved ? ERRORS.name_reserved.says : undefined)}
        />
      </Form>
    </div>
  )
}
