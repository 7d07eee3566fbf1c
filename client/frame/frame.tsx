// The frame of every page: session, header, offline strip, toasts, and the main landmark it fills.
import { render, type ComponentChildren, type ComponentType } from 'preact'
import { useMemo } from 'preact/hooks'
import { createApi, type Api } from '../api.ts'
import { PageHeader, type Here } from '../ui/header.tsx'
import { OfflineIcon } from '../ui/icons.tsx'
import { Toasts, useToast } from '../ui/toasts.tsx'
import { denialText } from './failure.tsx'
import { useLoad } from './load.ts'
import { useOnline } from './online.ts'
import { SessionContext, useSession } from './session.tsx'
import '../ui/base.css'
import './frame.css'

/** Puts a page into the document: the whole of a page's main.tsx. */
export function mountPage(Page: ComponentType): void {
  const root = document.getElementById('app')
  if (!root) throw new Error('no #app in this document')
  const api = createApi(window.fetch.bind(window))
  render(
    <Toasts>
      <SessionProvider api={api}>
        <Page />
      </SessionProvider>
    </Toasts>,
    root,
  )
}

function SessionProvider({ api, children }: { api: Api; children: ComponentChildren }) {
  const { value, denial, reload, replace } = useLoad(api.me)
  const session = useMemo(
    () => ({
      api,
      me: value,
      denial: value ? undefined : denial,
      become: replace,
      retry: () => void reload().catch(reportError),
    }),
    [api, value, denial, reload, replace],
  )
  return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>
}

/** The header with this person in it; signing out ends on the home page. */
export function SiteHeader({ here }: { here?: Here | undefined }) {
  const { api, me } = useSession()
  const toast = useToast()
  const signOut = async () => {
    const answer = await api.signOut()
    if (answer.ok) location.assign('/')
    else toast(denialText(answer.denial), 'bad')
  }
  return <PageHeader me={me} here={here} onSignOut={signOut} />
}

export function OfflineStrip() {
  const online = useOnline()
  return (
    <div role="status">
      {!online && (
        <p class="frame-offline">
          <OfflineIcon size={18} /> You are offline. This page shows what it last knew.
        </p>
      )}
    </div>
  )
}

type FrameProps = { here?: Here; narrow?: boolean; children: ComponentChildren }

export function Frame({ here, narrow, children }: FrameProps) {
  return (
    <div class="frame">
      <SiteHeader here={here} />
      <OfflineStrip />
      <main id="main" class={narrow ? 'frame-main frame-narrow' : 'frame-main'} tabIndex={-1}>
        {children}
      </main>
      <footer class="frame-footer">Stagedoor. The stage is public, the stage door is not.</footer>
    </div>
  )
}
