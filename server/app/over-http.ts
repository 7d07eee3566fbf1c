// Everything that reads or erases chat over HTTP, with how often one caller may. A caller is one person, or one
// address while nobody is signed in: no bucket is shared by two people, or each could see the other's use of it.
import { createErasingCases } from './erasing.ts'
import { createExportCases } from './exports.ts'
import { createLimiter, perMinute } from './limiter.ts'
import type { Clock, Journal, Log, Streams } from './ports.ts'
import { createReadingCases } from './reading.ts'
import type { Erasure, Logins, OwnData, Reading } from './reading-ports.ts'
import type { Sessions } from './sessions.ts'
import { createStaffCases } from './staff.ts'
import type { VideoProvider } from './video-ports.ts'

export type ReadingPorts = { reading: Reading; ownData: OwnData; logins: Logins; erasure: Erasure }

export function createOverHttp(
  deps: ReadingPorts & {
    streams: Streams
    journal: Journal
    sessions: Sessions
    video: VideoProvider
    clock: Clock
    log: Log
  },
) {
  const limit = (count: number, burst: number) =>
    createLimiter({ clock: deps.clock, rate: perMinute(count, burst) })
  return {
    readingCases: createReadingCases({ ...deps, limits: { read: limit(240, 120), search: limit(30, 15) } }),
    staff: createStaffCases({ ...deps, limit: limit(120, 60) }),
    exports: createExportCases({ ...deps, limit: limit(6, 12) }),
    erasing: createErasingCases({ ...deps, limit: limit(6, 12) }),
  }
}
