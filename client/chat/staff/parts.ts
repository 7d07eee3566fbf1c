// What only host and moderators load.
export { Moderation } from './moderation.tsx'
export { PersonDialog } from './person-dialog.tsx'
