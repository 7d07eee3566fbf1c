// Entry of the home page.
import { mountPage } from '../../frame/frame.tsx'
import { HomePage } from './home.tsx'

mountPage(HomePage)
