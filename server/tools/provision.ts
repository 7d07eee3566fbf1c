// Programs that some suites need beside npm: finds them, and on Debian as root installs what is missing.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const NEEDS = [
  { pkg: 'chromium', paths: ['/usr/bin/chromium'], why: 'browser tests' },
  {
    pkg: 'postgresql',
    paths: [
      '/usr/lib/postgresql/15/bin/initdb',
      '/usr/lib/postgresql/16/bin/initdb',
      '/usr/lib/postgresql/17/bin/initdb',
    ],
    why: 'the Postgres contract runs',
  },
  { pkg: 'redis-server', paths: ['/usr/bin/redis-server'], why: 'the Redis contract runs' },
  { pkg: 'gcc', paths: ['/usr/bin/cc'], why: 'the fan-out bench' },
  { pkg: 'libc6-dev', paths: ['/usr/include/stdio.h'], why: 'the fan-out bench' },
  { pkg: 'ffmpeg', paths: ['/usr/bin/ffprobe'], why: 'decoding our media with an independent demuxer' },
] as const

/** Says what it does. What stays missing is skipped by its suite, by name. */
export function provision(): void {
  const missing = NEEDS.filter((need) => !need.paths.some((path) => existsSync(path)))
  if (missing.length === 0) return
  const names = missing.map((need) => need.pkg)
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    for (const need of missing)
      console.log(`${need.pkg} is not here: ${need.why} will be skipped (apt-get install ${need.pkg})`)
    return
  }
  console.log(
    `installing ${names.join(', ')} with apt-get (for ${missing.map((need) => need.why).join('; ')})`,
  )
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  spawnSync('apt-get', ['update', '-qq'], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const done = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (done.status !== 0)
    console.log(`apt-get could not install ${names.join(', ')}; their suites will be skipped`)
}
