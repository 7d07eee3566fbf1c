// What can be wrong with a message, in words.
import type { ReportReason } from '../../shared/protocol/events.ts'

export const REPORT_REASONS: Record<ReportReason, string> = {
  spam: 'Spam or advertising',
  abuse: 'Insults or harassment',
  sexual: 'Sexual content',
  danger: 'Threats or danger for somebody',
  other: 'Something else',
}
