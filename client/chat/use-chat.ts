// The chat store inside preact: one chat per mounted page, and re-renders only for what a component selects.
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef } from 'preact/hooks'
import type { PassSource } from '../pass.ts'
import { createChat, type Chat, type ChatState } from './chat.ts'

/** Starts the chat of a stream while mounted. */
export function useChat(slug: string, passes: PassSource): Chat {
  const chat = useMemo(() => createChat({ slug, passes }), [slug, passes])
  useEffect(() => {
    chat.start()
    return () => chat.stop()
  }, [chat])
  return chat
}

/** What `select` returns is compared by identity, so select parts of the state or plain values. */
export function useChatState<T>(chat: Chat, select: (state: ChatState) => T): T {
  const [, render] = useReducer<number, undefined>((count) => count + 1, 0)
  const selected = select(chat.state())
  const latest = useRef({ select, selected })
  latest.current = { select, selected }
  useLayoutEffect(() => {
    const check = () => {
      const { current } = latest
      if (!Object.is(current.selected, current.select(chat.state()))) render(undefined)
    }
    check()
    return chat.subscribe(check)
  }, [chat])
  return selected
}
