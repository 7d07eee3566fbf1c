// Icons that only the player needs, in the kit's hand.
import { icon } from '../../ui/icons.tsx'

export const PlayIcon = icon('M7 4.5v15l12-7.5z')
export const PauseIcon = icon('M8 5v14M16 5v14')
export const SoundIcon = icon('M4 9.5v5h3.5L12 19V5L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11')
export const MutedIcon = icon('M4 9.5v5h3.5L12 19V5L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5')
export const FullIcon = icon('M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5')
export const SmallIcon = icon('M9 4v5H4M15 4v5h5M9 20v-5H4M15 20v-5h5')
export const PipIcon = icon('M3 5h18v14H3zM12 12h6v4h-6z')
export const BackIcon = icon('M4 4v5h5M4.6 9A8 8 0 1 1 4 13M12 9v4l2.5 1.5')
