// Icons that only this page needs, in the kit's hand.
import { icon } from '../../ui/icons.tsx'

export const MicIcon = icon('M9 5a3 3 0 0 1 6 0v6a3 3 0 0 1-6 0zM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21')
export const MicOffIcon = icon(
  'M4 4l16 16M9 9v2a3 3 0 0 0 4.5 2.6M15 10V5a3 3 0 0 0-5.7-1.3M5.5 11a6.5 6.5 0 0 0 10.6 5M18.5 11c0 .9-.2 1.7-.5 2.5M12 17.5V21',
)
export const ScreenIcon = icon('M3 5h18v11H3zM9 20h6M12 16v4')
