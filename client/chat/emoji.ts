// Which emoji to show: one group, or those whose name or tags match what is typed.

export type Emoji = { unicode: string; label: string; tags?: string[]; group?: number; order?: number }

/** As in the Unicode list; 2 is parts of emoji, nothing to send. */
export const GROUPS = [
  { id: 0, name: 'Smileys', emoji: '😀' },
  { id: 1, name: 'People', emoji: '👋' },
  { id: 3, name: 'Animals and nature', emoji: '🐻' },
  { id: 4, name: 'Food and drink', emoji: '🍎' },
  { id: 5, name: 'Travel and places', emoji: '🚀' },
  { id: 6, name: 'Activities', emoji: '🎉' },
  { id: 7, name: 'Objects', emoji: '💡' },
  { id: 8, name: 'Symbols', emoji: '💜' },
  { id: 9, name: 'Flags', emoji: '🏁' },
] as const

const FOUND = 84

/** Names that start with the query first, then those that have it in them, then tags. */
export function emojisMatching(all: readonly Emoji[], query: string, group: number): Emoji[] {
  const wanted = query.trim().toLowerCase()
  const byOrder = (one: Emoji, other: Emoji) => (one.order ?? 0) - (other.order ?? 0)
  if (wanted === '') return all.filter((emoji) => emoji.group === group).sort(byOrder)
  const rank = ({ label, tags = [] }: Emoji): number => {
    const name = label.toLowerCase()
    if (name.startsWith(wanted)) return 0
    if (name.split(/[\s-]/).some((word) => word.startsWith(wanted))) return 1
    return tags.some((tag) => tag.startsWith(wanted)) ? 2 : 3
  }
  return all
    .filter((emoji) => emoji.group !== undefined && emoji.group !== 2)
    .map((emoji) => ({ emoji, rank: rank(emoji) }))
    .filter((one) => one.rank < 3)
    .sort((one, other) => one.rank - other.rank || byOrder(one.emoji, other.emoji))
    .slice(0, FOUND)
    .map(({ emoji }) => emoji)
}
