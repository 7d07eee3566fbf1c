// What an address that leads nowhere shows: a page of its own, and the watch page of a stream that is not.
import { Frame } from '../../frame/frame.tsx'
import { useTitle } from '../../frame/title.ts'
import { paths } from '../../paths.ts'
import { ButtonLink } from '../../ui/button.tsx'

export function Missing() {
  useTitle('Nothing here')
  return (
    <Frame narrow>
      <div class="stack">
        <h1>There is nothing behind this door</h1>
        <p class="lead">The address is wrong, or what was here is gone.</p>
        <div class="row">
          <ButtonLink variant="primary" href={paths.home}>
            See what is on
          </ButtonLink>
        </div>
      </div>
    </Frame>
  )
}
