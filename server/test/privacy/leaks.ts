// Worlds that leak, each in a way that real chats have leaked. The test has to see every one of them.
import { deny } from '../../../shared/protocol/index.ts'
import type { Journal, Streams } from '../../app/ports.ts'
import type { WorldOptions } from './house.ts'

/** Wraps `append` with something that sees every draft before it is judged. */
const appending = (real: Journal, append: (real: Journal) => Journal['append']): Journal => ({
  ...real,
  append: append(real),
})

export const LEAKS: Record<string, () => WorldOptions> = {
  'the welcome counts all messages': () => {
    let count = 0
    return {
      journal: (real) =>
        appending(real, ({ append }) => (drafts) => {
          count += drafts.length
          return append(drafts)
        }),
      streams(real): Streams {
        const byId: Streams['byId'] = async (id) => {
          const stream = await real.byId(id)
          return stream && { ...stream, title: `${stream.title}, ${count} messages` }
        }
        return { ...real, byId }
      },
    }
  },
  'the filter for repeated words remembers private ones': () => {
    const said = new Set<string>()
    return {
      journal: (real) =>
        appending(real, ({ append }) => async (drafts) => {
          const repeated = drafts.map(({ viewer, text }) => viewer === null && said.has(text))
          for (const { viewer, text } of drafts) if (viewer !== null) said.add(text)
          const results = await append(drafts)
          return results.map((result, i) => (repeated[i] ? deny('duplicate') : result))
        }),
    }
  },
  'one counter for the public and the private': () => {
    let hidden = 0
    return {
      journal: (real) =>
        appending(real, ({ append }) => async (drafts) => {
          const results = await append(drafts)
          for (const result of results)
            if (result.ok && result.value.placed[0]?.log.kind !== 'room') hidden += 1
            else if (result.ok) result.value.at += hidden
          return results
        }),
    }
  },
  'a message that exists is refused in other words': () => ({
    journal: (real) => {
      const known = new Set<string>()
      const { append, act } = real
      return {
        ...real,
        append(drafts) {
          for (const { id, viewer } of drafts) if (viewer !== null) known.add(id)
          return append(drafts)
        },
        async act(by, stream, what) {
          const result = await act(by, stream, what)
          const hidden = !result.ok && result.denial.code === 'not_found'
          return hidden && 'target' in what && known.has(what.target) ? deny('not_allowed') : result
        },
      }
    },
  }),
  'the page of the stream tells when somebody wrote last': () => {
    let written = 0
    return {
      journal: (real) =>
        appending(real, ({ append }) => (drafts) => {
          written = drafts.length
          return append(drafts)
        }),
      streams(real): Streams {
        const bySlug: Streams['bySlug'] = async (slug) => {
          const stream = await real.bySlug(slug)
          return stream && { ...stream, description: `written: ${written}` }
        }
        return { ...real, bySlug }
      },
    }
  },
}
