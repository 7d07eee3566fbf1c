// Says how an act went: a refusal always, a success when there is something to say. Resolves to whether it took
// effect.
import { useToast } from '../../ui/toasts.tsx'
import { kindly } from './words.ts'

export type Tell = (act: Promise<string | null>, done?: string) => Promise<boolean>

export function useTell(): Tell {
  const toast = useToast()
  return async (act, done) => {
    const refused = await act
    const problem = kindly(refused)
    // A lost race is news, not a failure.
    if (problem !== null) toast(problem, problem === refused ? 'bad' : 'good')
    else if (done !== undefined) toast(done)
    return problem === null
  }
}
