// Entry of the enter page.
import { mountPage } from '../../frame/frame.tsx'
import { EnterPage } from './enter.tsx'

mountPage(EnterPage)
