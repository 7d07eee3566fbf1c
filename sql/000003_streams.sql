-- Streams, who moderates them and who is banned from them; the logs, whose counter rows give every seq.
set local role stagedoor_owner;

create table if not exists app.stream (
  id uuid primary key,
  slug text not null constraint stream_slug unique check (octet_length(slug) between 1 and 48),
  title text not null check (octet_length(title) between 1 and 480),
  description text not null check (octet_length(description) <= 8000),
  host_id uuid not null references app.principal,
  state text not null default 'scheduled' check (state in ('scheduled', 'live', 'ended')),
  slow_seconds int not null default 0 check (slow_seconds between 0 and 300),
  starts_at timestamptz,
  started_at timestamptz,
  ended_at timestamptz,
  created_at timestamptz not null default now(),
  check ((state = 'ended') = (ended_at is not null))
);
create index if not exists stream_host on app.stream (host_id);
create index if not exists stream_state on app.stream (state, ended_at);

create table if not exists app.stream_moderator (
  stream_id uuid not null references app.stream,
  principal_id uuid not null references app.principal,
  primary key (stream_id, principal_id)
);

create table if not exists app.stream_ban (
  stream_id uuid not null references app.stream,
  principal_id uuid not null references app.principal,
  until timestamptz,
  created_at timestamptz not null default now(),
  primary key (stream_id, principal_id)
);
create index if not exists stream_ban_principal on app.stream_ban (principal_id);

-- One log per audience, not per stream: a viewer's seq must not move when somebody else's private message is
-- written. All logs of a stream share an epoch, so that a thread nobody wrote to yet
-- has one too. `audience` names the log without nulls: the viewer of a thread, else the stream itself.
create table if not exists app.log (
  id uuid primary key default gen_random_uuid(),
  kind text not null check (kind in ('room', 'thread', 'inbox')),
  stream_id uuid not null references app.stream,
  viewer_id uuid references app.principal check ((kind = 'thread') = (viewer_id is not null)),
  audience uuid not null generated always as (coalesce(viewer_id, stream_id)) stored,
  epoch uuid not null,
  last_seq bigint not null default 0,
  last_at timestamptz not null default '-infinity',
  unique (stream_id, kind, audience)
) with (fillfactor = 50); -- every append updates a row: leave room to do it in place
create index if not exists log_viewer on app.log (viewer_id) where viewer_id is not null;

do $$ declare t text; begin
  foreach t in array array['stream', 'stream_moderator', 'stream_ban', 'log'] loop
    execute format('alter table app.%I enable row level security', t);
    execute format('alter table app.%I force row level security', t);
    execute format('drop policy if exists by_function on app.%I', t);
    execute format('create policy by_function on app.%I to stagedoor_owner using (true) with check (true)', t);
  end loop;
end $$;

-- What policies ask. Set-returning, so that a policy evaluates each once per query and not once per row.
create or replace function app.my_hosted() returns setof uuid
language sql stable security definer set search_path = '' as $$
  select s.id from app.stream s where s.host_id = app.pid()
$$;
create or replace function app.my_bans() returns setof uuid
language sql stable security definer set search_path = '' as $$
  select b.stream_id from app.stream_ban b where b.principal_id = app.pid() and (b.until is null or b.until > now())
$$;

-- Whether somebody has a thread with the asker as its host. Asked per row: as a subquery of the policy it would be
-- planned as one pass over all logs.
create or replace function app.in_my_inbox(p_viewer uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from app.log l join app.stream s on s.id = l.stream_id
    where l.viewer_id = p_viewer and s.host_id = app.pid())
$$;

-- Where a person stands. A host cannot be banned from the own stream.
create or replace function app.role_of(p_stream uuid, p_principal uuid) returns text
language sql stable security definer set search_path = '' as $$
  select case
    when exists (select from app.stream s where s.id = p_stream and s.host_id = p_principal) then 'host'
    when exists (select from app.stream_moderator m where m.stream_id = p_stream and m.principal_id = p_principal)
      then 'moderator'
    else 'viewer' end
$$;
create or replace function app.is_banned(p_stream uuid, p_principal uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select app.role_of(p_stream, p_principal) <> 'host' and exists (
    select from app.stream_ban b where b.stream_id = p_stream and b.principal_id = p_principal
      and (b.until is null or b.until > now()))
$$;

drop policy if exists stream_read on app.stream;
create policy stream_read on app.stream for select to stagedoor_app using (true);
grant select on app.stream to stagedoor_app;

drop policy if exists log_read on app.log;
create policy log_read on app.log for select to stagedoor_app using (
  (kind = 'room'
    or viewer_id = (select app.pid())
    or stream_id = any (array(select app.my_hosted())))
  and (stream_id <> all (array(select app.my_bans())) or stream_id = any (array(select app.my_hosted())))
);
grant select on app.log to stagedoor_app;

-- A name is for those who could have met it: the person, visitors of a host, the host of a thread.
drop policy if exists principal_read on app.principal;
create policy principal_read on app.principal for select to stagedoor_app using (
  id = (select app.pid())
  or exists (select from app.stream s where s.host_id = principal.id)
  or app.in_my_inbox(principal.id)
);
grant select (id, kind, name) on app.principal to stagedoor_app;

-- Null on success, else the refusal.
create or replace function app.create_stream(
  p_id uuid, p_slug text, p_title text, p_description text, p_starts_at timestamptz
) returns text language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select from app.account a where a.id = app.pid() and a.can_host) then return 'not_allowed'; end if;
  insert into app.stream (id, slug, title, description, host_id, starts_at)
  values (p_id, p_slug, p_title, p_description, app.pid(), p_starts_at)
  on conflict on constraint stream_slug do nothing;
  if not found then return 'slug_taken'; end if;
  insert into app.log (kind, stream_id, epoch)
  select k.kind, p_id, e.epoch from (select gen_random_uuid() as epoch) e, (values ('room'), ('inbox')) as k (kind);
  return null;
end $$;

-- `p_change` holds the fields to change, so that a start time can be cleared.
create or replace function app.edit_stream(p_id uuid, p_change jsonb) returns text
language plpgsql security definer set search_path = '' as $$
declare v_host uuid;
begin
  select s.host_id into v_host from app.stream s where s.id = p_id for update;
  if not found then return 'not_found'; end if;
  if v_host is distinct from app.pid() then return 'not_allowed'; end if;
  update app.stream s set
    title = coalesce(p_change ->> 'title', s.title),
    description = coalesce(p_change ->> 'description', s.description),
    starts_at = case when p_change ? 'startsAt'
      then to_timestamp((p_change ->> 'startsAt')::float8 / 1000) else s.starts_at end
  where s.id = p_id;
  return null;
end $$;

grant execute on function
  app.my_hosted(), app.my_bans(), app.in_my_inbox(uuid), app.role_of(uuid, uuid), app.is_banned(uuid, uuid),
  app.create_stream(uuid, text, text, text, timestamptz), app.edit_stream(uuid, jsonb)
to stagedoor_app;
