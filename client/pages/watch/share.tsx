// Hands the address of this page on: the system's share sheet where there is one, else the clipboard.
import { Button } from '../../ui/button.tsx'
import { copyText } from '../../ui/copy.tsx'
import { ShareIcon } from '../../ui/icons.tsx'
import { useTask } from '../../ui/task.ts'
import { useToast } from '../../ui/toasts.tsx'

/** `link`: what to hand on in place of the address; the host's invite link. */
export function ShareButton({ title, link }: { title: string; link?: string | undefined }) {
  const toast = useToast()
  const share = useTask(async () => {
    const url = link ?? location.origin + location.pathname
    if (typeof navigator.share === 'function') {
      // Closing the sheet rejects, and is no failure.
      await navigator.share({ title, url }).catch(() => undefined)
      return
    }
    if (await copyText(url)) toast('Link copied.')
    else toast(`Copying is not allowed here. The link: ${url}`, 'bad')
  })
  return (
    <Button class="watch-share" variant="quiet" aria-label="Share" onClick={share.run}>
      <ShareIcon /> <span>Share</span>
    </Button>
  )
}
