// What host and moderators do to messages and people, and what a viewer reports. Each answers null when it took
// effect, else what to tell the person.
import type { MessageId, PrincipalId } from '../../shared/ids.ts'
import type { ReportReason, Rules } from '../../shared/protocol/events.ts'
import type { Asked } from './requests.ts'

export type Acts = ReturnType<typeof createActs>

/** Texts are trimmed; an empty reason or note is none. */
export function createActs(act: (asked: Asked) => Promise<string | null>) {
  const given = <K extends string>(key: K, text: string | undefined) => {
    const words = text?.trim() ?? ''
    return (words === '' ? {} : { [key]: words }) as { [P in K]?: string }
  }
  return {
    remove: (target: MessageId) => act({ t: 'delete', target }),
    pin: (target: MessageId) => act({ t: 'pin', target }),
    unpin: () => act({ t: 'unpin' }),
    slow: (seconds: number) => act({ t: 'slow', seconds }),
    rules: (rules: Rules) => act({ t: 'rules', rules }),
    timeout: (target: PrincipalId, seconds: number, reason?: string) =>
      act({ t: 'timeout', target, seconds, ...given('reason', reason) }),
    lift: (target: PrincipalId) => act({ t: 'lift', target }),
    /** `seconds` null: for good. */
    ban: (target: PrincipalId, seconds: number | null, reason?: string) =>
      act({ t: 'ban', target, ...(seconds === null ? {} : { seconds }), ...given('reason', reason) }),
    unban: (target: PrincipalId) => act({ t: 'unban', target }),
    wipe: (target: PrincipalId) => act({ t: 'wipe', target }),
    approve: (target: MessageId) => act({ t: 'approve', target }),
    reject: (target: MessageId) => act({ t: 'reject', target }),
    report: (target: MessageId, reason: ReportReason, note?: string) =>
      act({ t: 'report', target, reason, ...given('note', note) }),
    resolve: (target: MessageId) => act({ t: 'resolve', target }),
    note: (target: PrincipalId, text: string) => act({ t: 'note', target, text: text.trim() }),
    appoint: (target: PrincipalId, everywhere: boolean) => act({ t: 'appoint', target, everywhere }),
    dismiss: (target: PrincipalId) => act({ t: 'dismiss', target }),
    block: (target: PrincipalId) => act({ t: 'block', target }),
    unblock: (target: PrincipalId) => act({ t: 'unblock', target }),
    enrol: (target: PrincipalId) => act({ t: 'enrol', target }),
    expel: (target: PrincipalId) => act({ t: 'expel', target }),
  }
}
