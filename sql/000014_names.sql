-- Whose name looks like whose: asked where a name is chosen, and made up for names from before there were skeletons.
set local role stagedoor_owner;

-- Names without a skeleton are few and found at every start.
create index if not exists principal_unskeletoned on app.principal (id) where skeleton is null;

-- Whether somebody else who may host bears a name of this skeleton.
create or replace function app.name_taken(p_skeleton text, p_except uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from app.principal p join app.account a on a.id = p.id
    where p.skeleton = p_skeleton and a.can_host and p.id is distinct from p_except)
$$;

create or replace function app.unskeletoned(p_limit int) returns table (id uuid, name text)
language sql stable security definer set search_path = '' as $$
  select p.id, p.name from app.principal p where p.skeleton is null order by p.id limit p_limit
$$;

-- Only of those who still have the name: a rename meanwhile brought its own.
create or replace function app.keep_skeletons(p_id uuid[], p_name text[], p_skeleton text[]) returns void
language sql security definer set search_path = '' as $$
  update app.principal p set skeleton = n.skeleton
  from unnest(p_id, p_name, p_skeleton) as n (id, name, skeleton)
  where p.id = n.id and p.name = n.name and p.skeleton is null
$$;

grant execute on function
  app.name_taken(text, uuid), app.unskeletoned(int), app.keep_skeletons(uuid[], text[], text[])
to stagedoor_app;
