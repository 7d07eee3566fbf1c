-- What a person was let into, as a part of their own data.
set local role stagedoor_owner;

-- A page of it, by the index of app.stream_admission. Where a gate has changed since, nothing is left to tell.
create or replace function app.my_entered(p_after uuid, p_count int)
returns table (cursor uuid, line jsonb) language sql stable security definer set search_path = '' as $$
  select a.stream_id, jsonb_build_object('stream', s.slug, 'gate', s.gate)
  from app.stream_admission a join app.stream s on s.id = a.stream_id
  where a.principal_id = app.pid() and (p_after is null or a.stream_id > p_after)
  order by a.stream_id limit p_count
$$;

-- In the order of its pages as well.
create index if not exists stream_admission_of on app.stream_admission (principal_id, stream_id);
drop index if exists app.stream_admission_principal;

grant execute on function app.my_entered(uuid, int) to stagedoor_app;
