// What a page needs only when somebody looks back, or watches from far behind: recordings, the rewound picture, and
// the chat in step with both.
import './past.css'

export { AlignLine } from './align-line.tsx'
export { Beside } from './beside.tsx'
export { Looking } from './looking.tsx'
export { Offer } from './offer.tsx'
