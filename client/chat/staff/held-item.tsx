// A message that waits: approve it into the room, or keep it out.
import type { Held } from '../../../shared/protocol/events.ts'
import { Button } from '../../ui/button.tsx'
import { useTask } from '../../ui/task.ts'
import type { Chat } from '../chat.ts'
import { Item, Words } from './item.tsx'
import { useTell } from './tell.ts'
import { heldWords } from './words.ts'

/** `all`: everything that waits of this person, oldest first. */
export function HeldItem({ chat, held, all }: { chat: Chat; held: Held; all: readonly Held[] }) {
  const tell = useTell()
  const approve = useTask(async () => {
    await tell(chat.approve(held.id))
  })
  const reject = useTask(async () => {
    await tell(chat.reject(held.id))
  })
  const approveAll = useTask(async () => {
    // One after the other: they take their places in the order in which they were written.
    for (const { id } of all) if (!(await tell(chat.approve(id)))) return
  })
  const busy = approve.busy || reject.busy || approveAll.busy
  const { author, at, text, replyTo } = held
  return (
    <Item
      itemKey={`held-${held.id}`}
      label={`${author.name}: ${heldWords(held)}`}
      keys={busy ? {} : { a: approve.run, r: reject.run }}
    >
      <p class="staff-why">{heldWords(held)}</p>
      <Words
        author={author}
        at={at}
        text={text}
        gone="The text is too old to be kept"
        {...(replyTo ? { replyTo } : {})}
      />
      <div class="staff-actions">
        <Button variant="primary" busy={approve.busy} onClick={approve.run} aria-keyshortcuts="a">
          Approve
        </Button>
        <Button busy={reject.busy} onClick={reject.run} aria-keyshortcuts="r">
          Reject
        </Button>
        {all.length > 1 && all[0]?.id === held.id && (
          <Button variant="quiet" busy={approveAll.busy} onClick={approveAll.run}>
            Approve all {all.length} of this person
          </Button>
        )}
      </div>
    </Item>
  )
}
