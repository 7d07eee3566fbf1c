// Entry of the watch page.
import { mountPage } from '../../frame/frame.tsx'
import { WatchPage } from './watch.tsx'

mountPage(WatchPage)
