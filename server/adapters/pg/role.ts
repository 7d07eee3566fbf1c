// The start-up assertion: the server must be unable to go round row-level security, whatever the login can do.
import type { Pool } from 'pg'

/** Throws, naming everything that is wrong, unless sessions run as a role that is bound by every policy. */
export async function assertRole(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ fault: string }>(`
    select format('the session role %I is a superuser', r.rolname) as fault
      from pg_roles r where r.rolname = current_user and r.rolsuper
    union all
    select format('the session role %I may bypass row-level security', r.rolname)
      from pg_roles r where r.rolname = current_user and r.rolbypassrls
    union all
    select format('the session role owns %s', c.oid::regclass)
      from pg_class c join pg_roles r on r.oid = c.relowner
      where r.rolname = current_user and c.relkind in ('r', 'p', 'v', 'm', 'f')
    union all
    select format('%s can be read without forced row-level security', c.oid::regclass)
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema')
        and n.nspname !~ '^pg_(toast|temp)'
        and has_any_column_privilege(c.oid, 'select')
        and not (c.relrowsecurity and c.relforcerowsecurity)`)
  if (rows.length > 0) throw new Error(`database role: ${rows.map(({ fault }) => fault).join('; ')}`)
}
