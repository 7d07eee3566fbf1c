// Entry of the missing page.
import { mountPage } from '../../frame/frame.tsx'
import { Missing } from './missing.tsx'

mountPage(Missing)
