// The account page.
import { render } from 'preact'
import '../../ui/base.css'
import { PageHeader } from '../../ui/header.tsx'

render(<PageHeader me={undefined} onSignOut={() => Promise.resolve()} />, document.body)
