// `say` and `whisper`: a message into the room, or into one viewer's thread and the host's inbox.
import { chatText } from '../../domain/text.ts'
import type { Cmid, MessageId, PrincipalId } from '../../../shared/ids.ts'
import type { Append } from '../append.ts'
import type { Random } from '../ports.ts'
import type { Answer, Caller, Handler } from './handler.ts'
import { landed } from './landed.ts'

type Deps = { append: Append; random: Random }
type Words = { id: Cmid; text: string; replyTo?: MessageId | undefined }

export function createSay({ append, random }: Deps): { say: Handler<'say'>; whisper: Handler<'whisper'> } {
  async function send(caller: Caller, words: Words, viewer: PrincipalId | null): Promise<Answer> {
    const text = chatText(words.text)
    if (!text.ok) return text
    const sent = await append.say({
      id: random.uuid(),
      cmid: words.id,
      stream: caller.stream.id,
      sender: caller.id,
      text: text.value,
      replyTo: words.replyTo ?? null,
      viewer,
    })
    return sent.ok ? landed(words.id, caller, sent.value) : sent
  }
  return {
    say: (caller, command) => send(caller, command, null),
    // The thread is the caller's own unless the host names one: a viewer cannot name a thread at all.
    whisper: (caller, command) => send(caller, command, command.to ?? caller.id),
  }
}
