// Icons that only recordings need, in the kit's hand.
import { icon } from '../../ui/icons.tsx'

export const ScissorsIcon = icon(
  'M6 3.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5ZM6 15.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5ZM8 7.5 20 18M8 16.5 20 6',
)
export const ToolsIcon = icon('M5 12v.05M12 12v.05M19 12v.05')
