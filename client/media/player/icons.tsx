// The player's own icons; the rest of the site has no use for them.
const draw =
  (path: string, fill = false) =>
  () => (
    <svg
      width="22"
      height="22"
      viewBox="0 0 24 24"
      fill={fill ? 'currentColor' : 'none'}
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={path} />
    </svg>
  )

export const PlayIcon = draw('M7 4.5v15l12-7.5z', true)
export const PauseIcon = draw('M7 5h3v14H7zM14 5h3v14h-3z', true)
export const SoundIcon = draw('M4 9.5v5h3.5L12 19V5L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11')
export const MutedIcon = draw('M4 9.5v5h3.5L12 19V5L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5')
export const FullIcon = draw('M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5')
export const SmallIcon = draw('M9 4v5H4M15 4v5h5M9 20v-5H4M15 20v-5h5')
export const PipIcon = draw('M3 5h18v14H3zM12 12h6v4h-6z')
