// The overlay: the public chat on nothing, for OBS to put over a picture. The key stays in the fragment, because OBS
// reloads the address whenever it likes.
import { createApi } from '../../api.ts'
import { browserRandom, browserSignals, openSocket } from '../../chat/browser.ts'
import type { Status } from '../../chat/status.ts'
import { browserClock as clock } from '../../clock.ts'
import { createPassSource } from '../../pass.ts'
import { slugHere } from '../../paths.ts'
import { createDrawing } from './draw.ts'
import { createFeed, type FeedState } from './feed.ts'
import { linesOf, pinOf } from './lines.ts'
import { optionsOf } from './options.ts'
import './overlay.css'

/** Whoever opens it: the chat of a person is not on this page. */
const NOBODY = { id: '', name: 'Overlay', guest: true }

const options = optionsOf(location.search)
const drawing = createDrawing(document.body, options)
const api = createApi(window.fetch.bind(window))
const key = location.hash.slice(1)
const passes = createPassSource(async () => {
  const answer = await api.overlayPass(slugHere(), key)
  return answer.ok ? { ok: true, value: { ...answer.value, person: NOBODY } } : answer
}, clock.now)

let cancel = () => {}
function draw(state: FeedState): void {
  cancel()
  const now = clock.now() + state.skew
  const { lines, next } = linesOf(state.room, options.fadeMs, now)
  drawing.lines(lines, now)
  if (options.pin) drawing.pin(pinOf(state.room))
  if (options.debug) drawing.trouble(troubleOf(state.status))
  if (next !== null) cancel = clock.after(Math.max(0, next - now), () => draw(state))
}

function troubleOf(status: Status): string {
  if (key === '') return 'Overlay: the address has no key behind the # sign.'
  if (status.at === 'connected') return ''
  return `Overlay: ${status.at}${'says' in status ? ` (${status.says})` : ''}`
}

// A pasted address that differs in the key alone loads nothing by itself.
addEventListener('hashchange', () => location.reload())
createFeed({
  passes,
  clock,
  random: browserRandom,
  signals: browserSignals,
  open: openSocket,
  onChange: draw,
}).start()
