// The icons only the chat needs.
import { icon } from '../ui/icons.tsx'

export const ReplyIcon = /* @__PURE__ */ icon('M9 7 4 12l5 5M4 12h9a7 7 0 0 1 7 7')
export const PinIcon = /* @__PURE__ */ icon('M9 3h6l-1 6 4 4v2H6v-2l4-4-1-6Zm3 12v6')
export const TrashIcon = /* @__PURE__ */ icon('M4 7h16M9 7V4h6v3m-9 0 1 13h10l1-13M10 11v5m4-5v5')
export const MoreIcon = /* @__PURE__ */ icon('M5 11.5v1M4.5 12h1M12 11.5v1m-.5-.5h1M19 11.5v1m-.5-.5h1')
export const SmileIcon = /* @__PURE__ */ icon(
  'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18ZM8.5 14.5a4.5 4.5 0 0 0 7 0M9 9.5v.05M15 9.5v.05',
)
export const SendIcon = /* @__PURE__ */ icon('M4 12 20 4l-5 16-3.5-6.5L4 12Zm7.5 1.5L20 4')
export const DownIcon = /* @__PURE__ */ icon('M12 5v14m-6-6 6 6 6-6')
export const BackIcon = /* @__PURE__ */ icon('M15 5l-7 7 7 7')
export const FlagIcon = /* @__PURE__ */ icon('M6 21V4m0 1h11l-2 4 2 4H6')
export const BanIcon = /* @__PURE__ */ icon('M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18ZM5.7 5.7l12.6 12.6')
export const ShieldIcon = /* @__PURE__ */ icon(
  'M12 3l7.5 3v5c0 4.8-3.1 8.3-7.5 10-4.4-1.7-7.5-5.2-7.5-10V6L12 3Z',
)
