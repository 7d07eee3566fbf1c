// Names that look like somebody's who has a say (P23): refused where a name is chosen. The journal refuses them again,
// stream by stream, where something is said under them.
import { skeleton } from '../domain/confusable.ts'
import type { Name } from '../domain/name.ts'
import { deny, ok, type Result } from '../../shared/protocol/index.ts'
import type { PrincipalId } from '../../shared/ids.ts'
import type { Names } from './moderation-ports.ts'

/** Refuses `name_reserved` for a name that looks like that of another account that may host. */
export async function untaken(
  names: Pick<Names, 'taken'>,
  name: Name,
  except: PrincipalId | null,
): Promise<Result<null>> {
  return (await names.taken(name.skeleton, except)) ? deny('name_reserved', { field: 'name' }) : ok(null)
}

const BATCH = 500

/** Gives names from before there were skeletons theirs. At start, before anybody is served: until then such a host
 * could be imitated. Nodes that start together do the same work twice, without harm. */
export async function skeletonise(names: Pick<Names, 'unskeletoned' | 'keep'>): Promise<void> {
  for (;;) {
    const some = await names.unskeletoned(BATCH)
    if (some.length === 0) return
    await names.keep(some.map(({ id, name }) => ({ id, name, skeleton: skeleton(name) })))
    if (some.length < BATCH) return
  }
}
