// Icons that only this page needs, on the same grid as the kit's.
const draw = (path: string) => () => (
  <svg
    class="icon"
    width="20"
    height="20"
    viewBox="0 0 24 24"
    fill="none"
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

export const MicIcon = draw('M9 5a3 3 0 0 1 6 0v6a3 3 0 0 1-6 0zM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21')
export const MicOffIcon = draw(
  'M4 4l16 16M9 9v2a3 3 0 0 0 4.5 2.6M15 10V5a3 3 0 0 0-5.7-1.3M5.5 11a6.5 6.5 0 0 0 10.6 5M18.5 11c0 .9-.2 1.7-.5 2.5M12 17.5V21',
)
export const ScreenIcon = draw('M3 5h18v11H3zM9 20h6M12 16v4')
