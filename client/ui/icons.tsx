// Line icons on a 24 px grid, drawn in the text colour. Always decoration: the control beside them has the name.
import type { JSX } from 'preact'

export type Icon = (props: { size?: number }) => JSX.Element

export function icon(path: string): Icon {
  return ({ size = 20 }) => (
    <svg
      class="icon"
      width={size}
      height={size}
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
}

export const EyeIcon = /* @__PURE__ */ icon(
  'M2 12s3.6-7 10-7 10 7 10 7-3.6 7-10 7-10-7-10-7ZM12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6',
)
export const ShareIcon = /* @__PURE__ */ icon(
  'M12 15V3m0 0L8 7m4-4 4 4M5 12v7a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2v-7',
)
export const CopyIcon = /* @__PURE__ */ icon(
  'M9 9h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1V10a1 1 0 0 1 1-1ZM4 15V4a1 1 0 0 1 1-1h11',
)
export const CheckIcon = /* @__PURE__ */ icon('m5 12.5 4.5 4.5L19 7.5')
export const CloseIcon = /* @__PURE__ */ icon('M6 6l12 12M18 6 6 18')
export const AlertIcon = /* @__PURE__ */ icon('M12 4 2.5 20h19L12 4Zm0 6v4.5m0 2.7v.05')
export const InfoIcon = /* @__PURE__ */ icon('M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18Zm0 8v5.5M12 7.6v.05')
export const LockIcon = /* @__PURE__ */ icon('M6 11h12v9H6zM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11')
export const SunIcon = /* @__PURE__ */ icon(
  'M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM12 2v2m0 16v2M2 12h2m16 0h2M5 5l1.4 1.4m11.2 11.2L19 19M5 19l1.4-1.4M17.6 6.4 19 5',
)
export const MoonIcon = /* @__PURE__ */ icon('M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z')
export const AutoThemeIcon = /* @__PURE__ */ icon(
  'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18Zm0 0v18M12 8l7-1M12 13l8.5-1M12 18l6-1',
)
export const PersonIcon = /* @__PURE__ */ icon(
  'M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM4 21c0-4 3.6-6 8-6s8 2 8 6',
)
export const ClockIcon = /* @__PURE__ */ icon('M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18Zm0 4v5l3.5 2')
export const EditIcon = /* @__PURE__ */ icon('M4 20h4L19.5 8.5l-4-4L4 16v4ZM13 7l4 4')
export const PlusIcon = /* @__PURE__ */ icon('M12 5v14M5 12h14')
export const CameraIcon = /* @__PURE__ */ icon('M3 7h12v10H3zM15 11l6-3.5v9L15 13')
export const OfflineIcon = /* @__PURE__ */ icon(
  'M3 3l18 18M5 12.5a10 10 0 0 1 3.5-2.2M2 9a15 15 0 0 1 4-2.6M11 6a15 15 0 0 1 11 3M15.5 10.6A10 10 0 0 1 19 12.5M8.5 16a5 5 0 0 1 6 0M12 20v.05',
)
