// What every part of a page may need: the REST calls and who is looking.
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Me } from '../../shared/api/identity.ts'
import type { Api, Denial } from '../api.ts'

export type Session = {
  api: Api
  /** Undefined until known. */
  me: Me | undefined
  /** Why it is not known. */
  denial: Denial | undefined
  become: (me: Me) => void
  retry: () => void
}

export const SessionContext = createContext<Session | null>(null)

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('outside of a page frame')
  return session
}
