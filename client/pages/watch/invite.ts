// The secret of an invite link: out of the address as soon as the page has it, so that it is in no history, no
// screenshot and nobody's share sheet.
const IN_HASH = /^#invite=([\w-]{1,128})$/

/** Null: this page was not opened by such a link. */
export function takeInvite(): string | null {
  const [, secret] = IN_HASH.exec(location.hash) ?? []
  if (secret === undefined) return null
  history.replaceState(history.state, '', location.pathname + location.search)
  return secret
}
