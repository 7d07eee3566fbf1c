// What a key may look like: nothing that a file system or an address could read as anything but names.

const NAME = '[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}'
const KEY = new RegExp(`^(?:${NAME}/){1,3}${NAME}$`)
const FOLDER = new RegExp(`^(?:${NAME}/){1,3}$`)

/** The key as it is. Throws for what is none: keys are made by us, so a wrong one is a bug. */
export function checkedKey(key: string): string {
  if (!KEY.test(key)) throw new Error('not a key of the storage')
  return key
}

export function checkedFolder(folder: string): string {
  if (!FOLDER.test(folder)) throw new Error('not a folder of the storage')
  return folder
}
