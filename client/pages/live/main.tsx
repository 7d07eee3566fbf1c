// Entry of the studio's go-live page.
import { mountPage } from '../../frame/frame.tsx'
import { LivePage } from './live.tsx'

mountPage(LivePage)
