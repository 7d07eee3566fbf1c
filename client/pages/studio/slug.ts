// The address a title will probably get, for the preview. The server makes the real one and keeps it unique.
import { LIMITS } from '../../../shared/protocol/limits.ts'

export function slugPreview(title: string): string {
  const plain = title
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
  return plain.slice(0, LIMITS.slugChars).replaceAll(/^-+|-+$/g, '')
}

export function slugProblem(slug: string): string | undefined {
  if (slug === '') return undefined
  if (slug.length > LIMITS.slugChars) return `Use at most ${LIMITS.slugChars} characters.`
  return /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(slug)
    ? undefined
    : 'Use lower-case letters and digits, with single dashes between them.'
}
