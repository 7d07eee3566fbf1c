-- Acts that are not messages: delete, pin, unpin, slow, state. The actor is app.pid(); rights are read from the
-- tables after the log is locked, in the transaction that acts. Each answers one row with a refusal (or `dup`) in
-- `code`, or one row per entry it wrote.
set local role stagedoor_owner;

do $$ begin
  create type app.placed as (code text, kind text, viewer_id uuid, epoch uuid, seq bigint, at timestamptz);
exception when duplicate_object then null; end $$;

create or replace function app.refused(p_code text) returns app.placed
language sql immutable set search_path = '' as $$
  select row (p_code, null, null, null, null, clock_timestamp())::app.placed
$$;

-- Locks the logs an act will write: the room, or a thread and the inbox; in the order of app.append.
create or replace function app.lock_logs(p_stream uuid, p_viewer uuid) returns void
language sql set search_path = '' as $$
  select from app.log l
  where l.stream_id = p_stream and (
    (p_viewer is null and l.kind = 'room')
    or (p_viewer is not null and (l.kind = 'inbox' or (l.kind = 'thread' and l.audience = p_viewer))))
  order by l.id for update
$$;

-- Writes one entry at the next seq of a log that is locked.
create or replace function app.enter(
  p_stream uuid, p_log_kind text, p_audience uuid, p_kind text, p_message uuid, p_data jsonb
) returns app.placed language plpgsql set search_path = '' as $$
declare
  v_log app.log;
begin
  update app.log l set last_seq = l.last_seq + 1,
    last_at = greatest(date_trunc('milliseconds', clock_timestamp()), l.last_at)
  where l.stream_id = p_stream and l.kind = p_log_kind and l.audience = p_audience
  returning * into strict v_log;
  insert into app.entry (log_id, seq, kind, message_id, data, at)
  values (v_log.id, v_log.last_seq, p_kind, p_message, p_data, v_log.last_at);
  return row (null, v_log.kind, v_log.viewer_id, v_log.epoch, v_log.last_seq, v_log.last_at)::app.placed;
end $$;

-- Whether the actor may see a message; what it may not see answers like what does not exist.
create or replace function app.sees(p_message app.message) returns boolean
language sql stable set search_path = '' as $$
  select p_message.id is not null
    and (p_message.viewer_id is null or p_message.viewer_id = app.pid()
      or app.role_of(p_message.stream_id, app.pid()) = 'host')
    and not app.is_banned(p_message.stream_id, app.pid())
$$;

-- What stops an actor before anything else; null when nothing does.
create or replace function app.barred(p_stream uuid) returns text
language sql stable set search_path = '' as $$
  select case
    when not exists (select from app.stream s where s.id = p_stream) then 'not_found'
    when app.pid() is null then 'not_allowed'
    when app.is_banned(p_stream, app.pid()) then 'banned'
  end
$$;

create or replace function app.act_delete(p_stream uuid, p_target uuid) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare
  v_role text := app.role_of(p_stream, app.pid());
  v_barred text := app.barred(p_stream);
  m app.message;
begin
  if v_barred is not null then return next app.refused(v_barred); return; end if;
  select * into m from app.message x where x.id = p_target and x.stream_id = p_stream;
  if not app.sees(m) then return next app.refused('not_found'); return; end if;
  if m.sender_id <> app.pid() and v_role <> 'host' and not (v_role = 'moderator' and m.viewer_id is null) then
    return next app.refused('not_allowed'); return;
  end if;
  perform app.lock_logs(p_stream, m.viewer_id);
  update app.message x set text = null, deleted_at = now(), deleted_by = app.pid()
  where x.id = p_target and x.deleted_at is null;
  if not found then return next app.refused('dup'); return; end if;
  if m.viewer_id is not null then
    return next app.enter(p_stream, 'thread', m.viewer_id, 'deleted', p_target, null);
    return next app.enter(p_stream, 'inbox', p_stream, 'deleted', p_target, null);
    return;
  end if;
  return next app.enter(p_stream, 'room', p_stream, 'deleted', p_target, null);
  update app.pin p set message_id = null, ver = p.ver + 1 where p.stream_id = p_stream and p.message_id = p_target;
  if found then
    return next app.enter(p_stream, 'room', p_stream, 'unpinned', null,
      (select jsonb_build_object('ver', p.ver) from app.pin p where p.stream_id = p_stream));
  end if;
end $$;

create or replace function app.act_pin(p_stream uuid, p_target uuid) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare
  v_barred text := app.barred(p_stream);
  v_ver bigint;
  m app.message;
begin
  if v_barred is null and app.role_of(p_stream, app.pid()) = 'viewer' then v_barred := 'not_allowed'; end if;
  if v_barred is not null then return next app.refused(v_barred); return; end if;
  perform app.lock_logs(p_stream, null);
  select * into m from app.message x where x.id = p_target;
  if not app.sees(m) then return next app.refused('not_found'); return; end if;
  if m.stream_id <> p_stream or m.viewer_id is not null or m.deleted_at is not null then
    return next app.refused('pin_not_public'); return;
  end if;
  insert into app.pin as p (stream_id, message_id, ver) values (p_stream, p_target, 1)
  on conflict (stream_id) do update set message_id = p_target, ver = p.ver + 1
    where p.message_id is distinct from p_target
  returning p.ver into v_ver;
  if not found then return next app.refused('dup'); return; end if;
  return next app.enter(p_stream, 'room', p_stream, 'pinned', p_target, jsonb_build_object('ver', v_ver));
end $$;

create or replace function app.act_unpin(p_stream uuid) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare
  v_barred text := app.barred(p_stream);
  v_ver bigint;
begin
  if v_barred is null and app.role_of(p_stream, app.pid()) = 'viewer' then v_barred := 'not_allowed'; end if;
  if v_barred is not null then return next app.refused(v_barred); return; end if;
  perform app.lock_logs(p_stream, null);
  update app.pin p set message_id = null, ver = p.ver + 1
  where p.stream_id = p_stream and p.message_id is not null returning p.ver into v_ver;
  if not found then return next app.refused('dup'); return; end if;
  return next app.enter(p_stream, 'room', p_stream, 'unpinned', null, jsonb_build_object('ver', v_ver));
end $$;

create or replace function app.act_slow(p_stream uuid, p_seconds int) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare v_barred text := app.barred(p_stream);
begin
  if v_barred is null and app.role_of(p_stream, app.pid()) <> 'host' then v_barred := 'not_allowed'; end if;
  if v_barred is not null then return next app.refused(v_barred); return; end if;
  perform app.lock_logs(p_stream, null);
  update app.stream s set slow_seconds = p_seconds where s.id = p_stream and s.slow_seconds <> p_seconds;
  if not found then return next app.refused('dup'); return; end if;
  return next app.enter(p_stream, 'room', p_stream, 'slowed', null, jsonb_build_object('seconds', p_seconds));
end $$;

-- The server itself (no principal) or the host.
create or replace function app.act_state(p_stream uuid, p_state text) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare
  v_barred text := app.barred(p_stream);
  v_was text;
begin
  if app.pid() is null and v_barred = 'not_allowed' then v_barred := null;
  elsif v_barred is null and app.role_of(p_stream, app.pid()) <> 'host' then v_barred := 'not_allowed'; end if;
  if v_barred is not null then return next app.refused(v_barred); return; end if;
  perform app.lock_logs(p_stream, null);
  select s.state into v_was from app.stream s where s.id = p_stream for update;
  if v_was = p_state then return next app.refused('dup'); return; end if;
  if (v_was, p_state) not in (('scheduled', 'live'), ('live', 'ended'), ('ended', 'live')) then
    return next app.refused('wrong_state'); return;
  end if;
  update app.stream s set state = p_state,
    started_at = coalesce(s.started_at, now()),
    ended_at = case when p_state = 'ended' then now() end
  where s.id = p_stream;
  return next app.enter(p_stream, 'room', p_stream, 'stream', null, jsonb_build_object('state', p_state));
end $$;

grant execute on function
  app.act_delete(uuid, uuid), app.act_pin(uuid, uuid), app.act_unpin(uuid),
  app.act_slow(uuid, int), app.act_state(uuid, text)
to stagedoor_app;
