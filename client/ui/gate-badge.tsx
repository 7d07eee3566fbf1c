// What a stream asks for before it opens; nothing for one that is open to all.
import type { GateKind } from '../../shared/api/gates.ts'
import { Badge } from './badge.tsx'
import { LockIcon } from './icons.tsx'

const ASKS: Record<GateKind, string | null> = {
  public: null,
  unlisted: 'Unlisted',
  passphrase: 'Passphrase',
  invite: 'Invite link',
  accounts: 'Account needed',
  members: 'Members',
}

export function GateBadge({ kind }: { kind: GateKind }) {
  const asks = ASKS[kind]
  if (asks === null) return null
  return (
    <Badge>
      {kind !== 'unlisted' && <LockIcon size={14} />} {asks}
    </Badge>
  )
}
