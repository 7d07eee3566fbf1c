// Entry of the sign-in page.
import { mountPage } from '../../frame/frame.tsx'
import { SignInPage } from './sign-in.tsx'

mountPage(SignInPage)
