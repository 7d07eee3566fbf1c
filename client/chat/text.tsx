// A message's text as nodes: words, names, links. Never HTML. A link is http or https, and where its text could
// hide where it leads, the host is written beside it.
import { tokenize } from 'linkifyjs'
import { Fragment, type JSX } from 'preact'
import { mentionsIn } from './mention.ts'

export type Token =
  | { kind: 'text' | 'mention'; text: string }
  | { kind: 'link'; text: string; href: string; /** Set when the text may mislead. */ host?: string }

/** Characters that reorder or hide what is around them. */
const TRICKS = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/

export function tokensOf(text: string, names: readonly string[]): Token[] {
  return tokenize(text).flatMap((token): Token[] => {
    const link = token.isLink && token.t === 'url' ? linkOf(token.v) : undefined
    if (link) return [link]
    return mentionsIn(token.v, names).map((piece) => ({
      kind: piece.mention ? 'mention' : 'text',
      text: piece.text,
    }))
  })
}

function linkOf(text: string): Token | undefined {
  let url: URL
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`)
  } catch {
    return undefined
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined
  const hides =
    url.username !== '' ||
    url.password !== '' ||
    /(?:^|\.)xn--/.test(url.hostname) ||
    TRICKS.test(text) ||
    !text.toLowerCase().includes(url.hostname)
  return { kind: 'link', text, href: url.href, ...(hides ? { host: url.hostname } : {}) }
}

export function MessageText({ text, names }: { text: string; names: readonly string[] }): JSX.Element {
  return (
    <>
      {tokensOf(text, names).map((token, index) => {
        switch (token.kind) {
          case 'text':
            return <Fragment key={index}>{token.text}</Fragment>
          case 'mention':
            return (
              <span key={index} class="chat-mention">
                {token.text}
              </span>
            )
          case 'link':
            return (
              <Fragment key={index}>
                <a href={token.href} target="_blank" rel="noopener nofollow ugc">
                  <bdi>{token.text}</bdi>
                </a>
                {token.host !== undefined && <span class="chat-link-host"> (leads to {token.host})</span>}
              </Fragment>
            )
        }
      })}
    </>
  )
}
