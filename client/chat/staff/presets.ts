// Rules in sets that fit a mood, and what each rule does, in plain words.
import type { Rules } from '../../../shared/protocol/events.ts'
import { OPEN_RULES } from '../../../shared/protocol/rules.ts'

/** The rules and the pace, as one form has them. */
export type Settings = Rules & { slowSeconds: number }

export const PRESETS: readonly { name: string; does: string; settings: Settings }[] = [
  {
    name: 'Open',
    does: 'Everybody writes, nothing waits.',
    settings: { ...OPEN_RULES, slowSeconds: 0 },
  },
  {
    name: 'Calm',
    does: 'A pause between messages, no repeats, links wait for you.',
    settings: { ...OPEN_RULES, slowSeconds: 5, duplicateSeconds: 60, links: 'held' },
  },
  {
    name: 'Strict',
    does: 'Accounts older than an hour, every message waits for you, no links.',
    settings: {
      who: 'accounts',
      minAgeSeconds: 3_600,
      links: 'refused',
      review: true,
      duplicateSeconds: 300,
      delaySeconds: 3,
      slowSeconds: 10,
    },
  },
]

const KEYS = [...(Object.keys(OPEN_RULES) as (keyof Rules)[]), 'slowSeconds'] as const

export const sameSettings = (one: Settings, other: Settings): boolean =>
  KEYS.every((key) => one[key] === other[key])

export function rulesOf(settings: Settings): Rules {
  const { who, minAgeSeconds, links, review, duplicateSeconds, delaySeconds } = settings
  return { who, minAgeSeconds, links, review, duplicateSeconds, delaySeconds }
}

/** A value that no choice stands for stays choosable: somebody set it in another way. */
export function choicesWith(choices: readonly number[], value: number): readonly number[] {
  return choices.includes(value) ? choices : [...choices, value].sort((one, other) => one - other)
}
