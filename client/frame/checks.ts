// What can be said about a field before asking the server, which decides again.
import { LIMITS } from '../../shared/protocol/limits.ts'

type Problem = string | undefined

export function nameProblem(name: string): Problem {
  const length = Array.from(name.trim()).length
  if (length === 0) return 'Choose a name.'
  return length > LIMITS.nameChars ? `Use at most ${LIMITS.nameChars} characters.` : undefined
}

export function emailProblem(email: string): Problem {
  if (email.trim() === '') return 'Enter your e-mail address.'
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.trim())
    ? undefined
    : 'This does not look like an e-mail address.'
}

export function passwordProblem(password: string): Problem {
  if (password.length < LIMITS.passwordMinChars) return `Use at least ${LIMITS.passwordMinChars} characters.`
  if (password.length > LIMITS.passwordMaxChars) return `Use at most ${LIMITS.passwordMaxChars} characters.`
  return undefined
}

export const filled = (text: string, says: string): Problem => (text.trim() === '' ? says : undefined)
