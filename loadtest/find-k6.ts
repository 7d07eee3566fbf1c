// Where k6 is, in the version that the scripts are written for.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>
export type FoundK6 = { ok: true; path: string; version: string } | { ok: false; says: string }

const packageFile = new URL('../package.json', import.meta.url)
/** `v1.8.1`; the same that `.ci/run` installs. */
export const PINNED = (JSON.parse(readFileSync(packageFile, 'utf8')) as { config: { k6: string } }).config.k6

export const INSTALL =
  `install k6 1.0 or newer: \`go install go.k6.io/k6@${PINNED}\`, \`brew install k6\`, \`winget install k6\`, ` +
  'or the deb and rpm packages of https://grafana.com/docs/k6/latest/set-up/install-k6/'

/** In this order: K6 (a file), PATH, GOBIN, ~/go/bin. `exists` and `versionOf` look at the machine. */
export function findK6(
  env: Env,
  exists: (path: string) => boolean = existsSync,
  versionOf: (path: string) => string = askVersion,
): FoundK6 {
  const given = env['K6']
  if (given !== undefined && given !== '' && !exists(given))
    return {
      ok: false,
      says: `K6=${given} is no file: let K6 name the k6 program, or unset it and ${INSTALL}`,
    }
  const folders = [
    ...(env['PATH'] ?? '').split(delimiter),
    env['GOBIN'] ?? '',
    join(env['GOPATH'] ?? join(homedir(), 'go'), 'bin'),
  ]
  const path = given
    ? given
    : folders
        .filter((folder) => folder !== '')
        .map((folder) => join(folder, 'k6'))
        .find(exists)
  if (path === undefined) return { ok: false, says: `k6 was not found: ${INSTALL}` }
  const version = /\bv?(\d+)\.(\d+)\.(\d+)/.exec(versionOf(path))
  if (!version) return { ok: false, says: `${path} does not say its version: ${INSTALL}` }
  if (Number(version[1]) < 1) return { ok: false, says: `${path} is k6 ${version[0]}, too old: ${INSTALL}` }
  return { ok: true, path, version: version[0] }
}

function askVersion(path: string): string {
  try {
    return execFileSync(path, ['version'], { encoding: 'utf8', timeout: 10_000 })
  } catch {
    return ''
  }
}
