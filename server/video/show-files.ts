// The files of a show: the playlists of its layers, the masters that name them, and their media.
import type { Clock } from '../app/ports.ts'
import type { MediaFile, MediaQuery, Tape } from '../app/video-ports.ts'
import { createFiles, type Files } from './files.ts'
import { masterPlaylist } from './masters.ts'
import { LISTED_SEGMENTS, type Packager } from './packager.ts'
import type { PlaylistView } from './playlist.ts'

export type ShowFiles = Pick<Files, 'get' | 'ready' | 'changed'> & {
  /** Whether the masters name more than one layer. */
  layered(): boolean
}

/** Of each kind of playlist: the master, and those of main and low that it names. */
const MASTERS = { 'master.m3u8': 'live.m3u8', 'plain-master.m3u8': 'plain.m3u8' } as const
const LOW_LISTS: Record<string, string> = { 'low-live.m3u8': 'live.m3u8', 'low-plain.m3u8': 'plain.m3u8' }
/** As old as a playlist without parts may be. */
const MASTER_MAX_AGE_S = 1

/** Files of the low layer have the same names behind another prefix. */
export const lowPrefix = (prefix: string) => `${prefix}l`

export function createShowFiles(deps: {
  clock: Clock
  prefix: string
  main: Packager
  low: Packager
  hasLow(): boolean
  ended(): boolean
  tape: Pick<Tape, 'dvr'> | null
}): ShowFiles {
  const { clock, ended, hasLow } = deps
  const layered = () => hasLow() && deps.low.segments().length > 0
  const main = createFiles({
    ...{ clock, ended, prefix: deps.prefix, packager: deps.main, tape: deps.tape },
    beside: () => (layered() ? newestOf(deps.low, 'low-live.m3u8') : null),
  })
  const low = createFiles({
    ...{ clock, ended, prefix: lowPrefix(deps.prefix), packager: deps.low, tape: null },
    beside: () => newestOf(deps.main, 'live.m3u8'),
  })
  deps.main.onChange(low.besideChanged)
  deps.low.onChange(main.besideChanged)

  async function master(playlist: 'live.m3u8' | 'plain.m3u8'): Promise<MediaFile | null> {
    // Held like the first playlist of all.
    if (!main.ready() && !(await main.get('plain.m3u8', {}))) return null
    const listed = (packager: Packager) => packager.segments().slice(-LISTED_SEGMENTS)
    const body = masterPlaylist([
      { uri: playlist, segments: listed(deps.main) },
      { uri: `low-${playlist}`, segments: hasLow() ? listed(deps.low) : [] },
    ])
    return { contentType: 'application/vnd.apple.mpegurl', maxAge: MASTER_MAX_AGE_S, body }
  }

  const isMaster = (file: string): file is keyof typeof MASTERS => Object.hasOwn(MASTERS, file)
  const inLow = (file: string) => {
    if (Object.hasOwn(LOW_LISTS, file)) return LOW_LISTS[file]
    return file.startsWith(`${lowPrefix(deps.prefix)}-`) ? file : undefined
  }

  return {
    ready: main.ready,
    layered,
    changed() {
      main.changed()
      low.changed()
    },
    async get(file: string, query: MediaQuery) {
      if (isMaster(file)) return master(MASTERS[file])
      const asLow = inLow(file)
      if (asLow === undefined) return main.get(file, query)
      // A player that is refused a layer goes over to the other one; one that is held waits for nothing.
      return hasLow() ? low.get(asLow, query) : null
    },
  }
}

function newestOf(packager: Packager, uri: string): PlaylistView['beside'] {
  const open = packager.open()
  const last = packager.segments().at(-1)
  const of = open && open.parts.length > 0 ? open : last
  return of ? { uri, msn: of.msn, part: of.parts.length > 0 ? of.parts.length - 1 : null } : null
}
