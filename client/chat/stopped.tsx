// What stands above a composer: why nothing can be sent now, and what the rules of the room ask of a message.
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { signInFrom, signUpFrom } from '../paths.ts'
import { ButtonLink } from '../ui/button.tsx'
import { Countdown } from '../ui/countdown.tsx'
import { AlertIcon, ClockIcon, InfoIcon } from '../ui/icons.tsx'
import type { Chat } from './chat.ts'
import { draftKey } from './drafts.ts'
import type { Lane } from './outbox.ts'
import { ruleHints, stopBefore, type Stop } from './stops.ts'
import type { Person } from './threads.ts'
import { useChatState } from './use-chat.ts'

/** The longest a browser's timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** What stops this person in this composer, while it does. */
export function useStop(chat: Chat, lane: Lane, to: Person | undefined): Stop | undefined {
  const you = useChatState(chat, ({ room }) => room.you)
  const rules = useChatState(chat, ({ room }) => room.rules)
  const thread = useChatState(chat, ({ room }) => room.logs.thread)
  const skew = useChatState(chat, (state) => state.skew)
  const refused = useChatState(chat, ({ stops }) => stops[draftKey(lane, to)])
  const [now, setNow] = useState(() => Date.now())
  const isOpen = (stop: Stop | undefined) => stop && (stop.until === null || stop.until > Date.now())
  const before = lane === 'public' ? stopBefore({ you, rules, thread }, skew) : undefined
  const stop = isOpen(before) ? before : isOpen(refused) ? refused : undefined
  const until = stop?.until ?? null
  useEffect(() => {
    if (until === null) return
    const timer = setTimeout(
      () => setNow(Date.now()),
      Math.min(MAX_TIMER_MS, Math.max(0, until - Date.now()) + 50),
    )
    return () => clearTimeout(timer)
  }, [until, now])
  return stop
}

export function Stopped({ chat, stop, id }: { chat: Chat; stop: Stop | undefined; id: string }): JSX.Element {
  const { says, reason, until, code } = stop ?? {}
  return (
    <div id={id} class="chat-stopped" role="status" hidden={!stop}>
      {stop && (
        <>
          {until === null ? <AlertIcon size={18} /> : <ClockIcon size={18} />}
          <div>
            <p>
              {says}
              {reason && (
                <>
                  {' '}
                  Reason: <bdi>{reason}</bdi>
                </>
              )}
            </p>
            {typeof until === 'number' && (
              <p>
                <Countdown
                  to={until}
                  lead={code === 'timed_out' ? 'You can write again in ' : 'You can write in '}
                  passed="You can write now"
                />
              </p>
            )}
            {code === 'accounts_only' && (
              <p class="chat-stopped-links">
                <ButtonLink variant="primary" href={signUpFrom()} onClick={chat.takeBackAll}>
                  Create an account
                </ButtonLink>
                <ButtonLink href={signInFrom()} onClick={chat.takeBackAll}>
                  Sign in
                </ButtonLink>
              </p>
            )}
          </div>
        </>
      )}
    </div>
  )
}

export function RuleHints({ chat, lane }: { chat: Chat; lane: Lane }) {
  const you = useChatState(chat, ({ room }) => room.you)
  const rules = useChatState(chat, ({ room }) => room.rules)
  const hints = lane === 'public' ? ruleHints({ you, rules }) : []
  if (hints.length === 0) return null
  return (
    <p class="chat-hints">
      <InfoIcon size={16} /> {hints.join(' · ')}
    </p>
  )
}
