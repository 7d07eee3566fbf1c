// Picture and chat of one stream, as one person: both take their pass from the same source.
import { useState } from 'preact/hooks'
import type { StreamPage } from '../../../shared/api/streams.ts'
import { useSession } from '../../frame/session.tsx'
import { Player } from '../../media/player/player.tsx'
import { createPassSource } from '../../pass.ts'
import { About } from './about.tsx'
import { Over, StartsIn } from './poster.tsx'

export function Room({ page }: { page: StreamPage }) {
  const { api } = useSession()
  const { stream, playback } = page
  const [passes] = useState(() =>
    createPassSource(
      () => api.pass(stream.slug),
      () => Date.now(),
    ),
  )
  // A page opened after the end has no picture to wait for; one that was open lets the player finish.
  const [openedAfter] = useState(stream.state === 'ended')
  const state = stream.state
  return (
    <>
      <div class="watch-stage">
        {openedAfter ? (
          <Over stream={stream} />
        ) : (
          <Player
            title={stream.title}
            playback={playback}
            passes={passes}
            streamState={state}
            waiting={<StartsIn startsAt={stream.startsAt} />}
          />
        )}
      </div>
      <About stream={stream} state={state} viewers={stream.viewers} />
      <section class="watch-chat" aria-label="Chat">
        <p>chat</p>
      </section>
    </>
  )
}
