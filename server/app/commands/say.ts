// `say` and `whisper`: a message into the room, or into one viewer's thread and the host's inbox.
import { chatText } from '../../domain/text.ts'
import type { Cmid, MessageId, PrincipalId } from '../../../shared/ids.ts'
import type { Append } from '../append.ts'
import type { Random } from '../ports.ts'
import type { KnownTerms } from '../terms.ts'
import type { Answer, Caller, Handler } from './handler.ts'
import { landed } from './landed.ts'
import { createSending } from './sending.ts'

type Deps = { append: Append; terms: KnownTerms; random: Random }
type Words = { id: Cmid; text: string; replyTo?: MessageId | undefined }

export function createSay(deps: Deps): { say: Handler<'say'>; whisper: Handler<'whisper'> } {
  const { append, random } = deps
  const sendPublic = createSending(deps)

  async function send(caller: Caller, words: Words, viewer: PrincipalId | null): Promise<Answer> {
    const text = chatText(words.text)
    if (!text.ok) return text
    const draft = {
      id: random.uuid(),
      cmid: words.id,
      stream: caller.stream.id,
      sender: caller.id,
      text: text.value,
      replyTo: words.replyTo ?? null,
      viewer,
    }
    // What is private is looked at by nobody.
    const sent = await (viewer === null ? sendPublic(draft) : append.say(draft))
    return sent.ok ? landed(words.id, caller, sent.value) : sent
  }
  return {
    say: (caller, command) => send(caller, command, null),
    // The thread is the caller's own unless the host names one: a viewer cannot name a thread at all.
    whisper: (caller, command) => send(caller, command, command.to ?? caller.id),
  }
}
