// The processes that another one runs.
import { spawnSync } from 'node:child_process'

/** The ids of the ffmpegs that `pid` has begun and that still run. */
export const ffmpegsOf = (pid: number): number[] =>
  spawnSync('ps', ['-o', 'pid=,stat=,comm=', '--ppid', String(pid)], { encoding: 'utf8' })
    .stdout.split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, state = '', command]) => command === 'ffmpeg' && !state.startsWith('Z'))
    .map(([id]) => Number(id))
