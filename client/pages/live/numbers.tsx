// How it goes, in numbers and one word: for a glance while speaking.
import type { ComponentChildren } from 'preact'
import { audienceText, healthOf, sentText } from '../../media/studio/health.ts'
import type { Studio } from '../../media/studio/use-studio.ts'

export function Numbers({ studio }: { studio: Studio }) {
  const { broadcast, quality } = studio
  const { server, fps, kbps, dropped, keySeconds, phase } = broadcast
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
        <Number name="Your audience is">
          {live && delay ? <Audience delay={delay} /> : live && server ? 'not measured yet' : '–'}
        </Number>
        <Number name="Picture">{live ? <Sent broadcast={broadcast} /> : '–'}</Number>
        <Number name="Bitrate">{live ? `${(kbps / 1000).toFixed(1)} Mbit/s` : '–'}</Number>
        <Number name="Frames">{live ? `${fps} fps` : '–'}</Number>
        <Number name="Dropped">{live ? dropped.toLocaleString() : '–'}</Number>
        <Number name="Key frame every">
          {live && keySeconds !== null ? `${keySeconds.toFixed(1)} s` : '–'}
        </Number>
      </dl>
      <p class="soft" role="status">
        {health.more}
      </p>
    </section>
  )
}

function Sent({ broadcast }: { broadcast: Studio['broadcast'] }) {
  const { says, more } = sentText(broadcast)
  return (
    <>
      {says} {more && <span class="soft">({more})</span>}
    </>
  )
}

function Audience({ delay }: { delay: Parameters<typeof audienceText>[0] }) {
  const { says, more } = audienceText(delay)
  return (
    <>
      {says} <span class="soft">({more})</span>
    </>
  )
}

function Number({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
