// Entry of the account page.
import { mountPage } from '../../frame/frame.tsx'
import { AccountPage } from './account.tsx'

mountPage(AccountPage)
