// A word or two on the state of a thing. The words carry the meaning, the colour only repeats it.
import type { ComponentChildren } from 'preact'
import './badge.css'

export function Badge({
  tone = 'plain',
  children,
}: {
  tone?: 'plain' | 'live' | 'private'
  children: ComponentChildren
}) {
  return <span class={`badge badge-${tone}`}>{children}</span>
}

export function LiveBadge() {
  return <Badge tone="live">LIVE</Badge>
}
