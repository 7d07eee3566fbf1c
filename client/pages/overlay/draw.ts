// Puts the lines on the page. By hand, because a line that stays must stay the same element: its animation would
// start anew. Words are text nodes, links too: nobody can press anything in a video.
import type { Message } from '../../../shared/protocol/events.ts'
import { hue } from '../../chat/hue.ts'
import { FADING_MS, type Line } from './lines.ts'

type Words = Message & { text: string }
const ROLES = { host: 'Host', moderator: 'Mod' } as const

export function createDrawing(body: HTMLElement, { size, fadeMs }: { size: number; fadeMs: number | null }) {
  body.style.fontSize = `${size}px`
  const pin = body.appendChild(element('div', 'pin'))
  const list = body.appendChild(element('div', 'lines'))
  const trouble = body.appendChild(element('p', 'trouble'))
  const rows = new Map<string, HTMLElement>()
  let pinned: Words | null = null

  function row({ message, at }: Line, now: number): HTMLElement {
    const made = element('div', 'line')
    made.append(words(message))
    if (fadeMs !== null)
      made.style.animation = `going ${FADING_MS}ms ease-in ${at + fadeMs - now}ms forwards, coming 180ms ease-out`
    return made
  }

  return {
    /** `now` is on the clock of the lines' times. */
    lines(lines: readonly Line[], now: number): void {
      const wanted = new Set(lines.map(({ message }) => message.id))
      for (const [id, old] of rows)
        if (!wanted.has(id)) {
          old.remove()
          rows.delete(id)
        }
      for (const [index, line] of lines.entries()) {
        const known = rows.get(line.message.id) ?? row(line, now)
        rows.set(line.message.id, known)
        const here = list.children[index]
        if (here !== known) list.insertBefore(known, here ?? null)
      }
    },
    pin(message: Words | null): void {
      if (message?.id === pinned?.id && message?.text === pinned?.text) return
      pinned = message
      pin.replaceChildren(...(message ? [words(message)] : []))
    },
    trouble: (says: string) => void (trouble.textContent = says),
  }
}

function words({ author, text }: Words): HTMLElement {
  const made = element('p', 'words')
  made.append(element('bdi', `name name-${hue(author.id)}`, author.name), ' ')
  if (author.role !== 'viewer') made.append(element('span', `role ${author.role}`, ROLES[author.role]), ' ')
  made.append(element('bdi', 'text', text))
  return made
}

function element(tag: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(tag)
  made.className = className
  made.textContent = text
  return made
}
