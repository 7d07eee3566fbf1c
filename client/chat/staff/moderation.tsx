// The third side of the chat for host and moderators: what waits, what was done, and the settings.
import { useEffect, useMemo, useState } from 'preact/hooks'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import type { Chat } from '../chat.ts'
import { useChatState } from '../use-chat.ts'
import { useDesk } from './desk.ts'
import { LogView } from './log-view.tsx'
import { Queue } from './queue.tsx'
import { RulesForm } from './rules-form.tsx'
import { TeamList } from './team.tsx'
import { TermsForm } from './terms-form.tsx'
import './staff.css'

type View = 'queue' | 'log'
type Setting = 'rules' | 'terms' | 'team'

/** Older entries fetched by themselves, so that nothing that waits is missing. */
const FETCHED = 900
const TITLES: Record<Setting, string> = { rules: 'Rules of this chat', terms: 'Blocked words', team: 'Team' }
const NAMES: Record<Setting, string> = { rules: 'Rules', terms: 'Words', team: 'Team' }

export function Moderation({ chat }: { chat: Chat }) {
  const desk = useDesk()
  const log = useChatState(chat, ({ room }) => room.logs.backstage)
  const [view, setView] = useState<View>('queue')
  const [setting, setSetting] = useState<Setting | null>(null)
  const from = log?.from ?? 1
  const fetched = log?.entries.length ?? 0
  useEffect(() => {
    if (from > 1 && fetched < FETCHED) chat.older('backstage').catch(reportError)
  }, [chat, from, fetched])
  const close = useMemo(() => () => setSetting(null), [])
  if (!desk || !log) return <p class="chat-empty">Loading…</p>
  const isHost = desk.you.role === 'host'
  const settings: Setting[] = isHost ? ['rules', 'terms', 'team'] : ['team']
  const views: { view: View; name: string }[] = [
    { view: 'queue', name: 'To decide' },
    { view: 'log', name: 'Log' },
  ]
  return (
    <>
      <div class="staff-bar">
        <div class="staff-views" role="group" aria-label="Show">
          {views.map((one) => (
            <button
              key={one.view}
              type="button"
              class="staff-view"
              aria-pressed={one.view === view}
              onClick={() => setView(one.view)}
            >
              {one.name}
            </button>
          ))}
        </div>
        <div class="staff-views" role="group" aria-label="Settings">
          {settings.map((one) => (
            <button
              key={one}
              type="button"
              class="staff-view"
              aria-haspopup="dialog"
              aria-label={TITLES[one]}
              onClick={() => setSetting(one)}
            >
              {NAMES[one]}
            </button>
          ))}
        </div>
      </div>
      {view === 'queue' ? <Queue chat={chat} desk={desk} /> : <LogView chat={chat} desk={desk} />}
      <Dialog open={setting !== null} title={setting ? TITLES[setting] : ''} onClose={close} keeps>
        <div class="staff-card">
          {setting === 'rules' && <RulesForm chat={chat} onClose={close} />}
          {setting === 'terms' && <TermsForm onClose={close} />}
          {setting === 'team' && <TeamList chat={chat} desk={desk} />}
          {setting === 'team' && (
            <div class="row">
              <Button onClick={close}>Close</Button>
            </div>
          )}
        </div>
      </Dialog>
    </>
  )
}
