// How it goes, in numbers and one word: for a glance while speaking.
import type { ComponentChildren } from 'preact'
import { healthOf } from '../../media/studio/health.ts'
import type { Studio } from '../../media/studio/use-studio.ts'

export function Numbers({ studio }: { studio: Studio }) {
  const { broadcast, quality } = studio
  const { server, fps, kbps, phase } = broadcast
  const health = healthOf(broadcast, quality)
  const live = phase.at === 'live' || phase.at === 'reconnecting'
  const delay = server?.latencyMs
  return (
    <section class="numbers" aria-label="How it goes">
      <dl class="numbers-list">
        <Number name="Connection">
          <span class={`health health-${health.tone}`}>{health.says}</span>
        </Number>
        <Number name="Viewers">{live && server ? server.viewers.toLocaleString() : '–'}</Number>
        <Number name="Viewers’ delay">
          {live && delay ? (
            <>
              {seconds(delay.p50)} <span class="soft">(95 %: {seconds(delay.p95)})</span>
            </>
          ) : (
            '–'
          )}
        </Number>
        <Number name="Bitrate">{live ? `${(kbps / 1000).toFixed(1)} Mbit/s` : '–'}</Number>
        <Number name="Frames">{live ? `${fps} fps` : '–'}</Number>
      </dl>
      <p class="soft" role="status">
        {health.more}
      </p>
    </section>
  )
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

function Number({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
