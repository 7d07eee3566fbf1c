// Entry of the studio page.
import { mountPage } from '../../frame/frame.tsx'
import { StudioPage } from './studio.tsx'

mountPage(StudioPage)
