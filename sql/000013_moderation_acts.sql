-- What host and moderators do, and the append that obeys them. Every act reads rights after its locks; logs are locked
-- in the order of their ids, as everywhere; of an act's answer rows the backstage comes before a thread, because a
-- moderator is told the first place that is the name of a log they read, and a thread is somebody else's.
set local role stagedoor_owner;

-- ---- what acts are made of ---------------------------------------------------------------------------------------

create or replace function app.who(p_id uuid) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('id', p.id, 'name', p.name) from app.principal p where p.id = p_id
$$;

-- Unix milliseconds, as clients have them.
create or replace function app.ms(p_at timestamptz) returns bigint
language sql immutable set search_path = '' as $$
  select floor(extract(epoch from p_at) * 1000)::bigint
$$;

-- What the actor may not do without being host or moderator.
create or replace function app.barred_staff(p_stream uuid) returns text
language sql stable set search_path = '' as $$
  select coalesce(app.barred(p_stream), case when app.role_of(p_stream, app.pid()) = 'viewer' then 'not_allowed' end)
$$;

-- Public acts write the room and the backstage, and some the thread of whom they are about. Keys, so that the threads
-- of a stream are not all read to find one.
create or replace function app.lock_stage(p_stream uuid, p_viewer uuid) returns void
language sql set search_path = '' as $$
  select from app.log l
  where l.stream_id = p_stream
    and (l.kind, l.audience) in (('room', p_stream), ('backstage', p_stream), ('thread', p_viewer))
  order by l.id for update
$$;

create or replace function app.lock_standing(p_stream uuid, p_target uuid) returns void
language sql set search_path = '' as $$
  select from app.log l
  where l.stream_id = p_stream and (l.kind, l.audience) in (
    ('room', p_stream), ('backstage', p_stream), ('inbox', p_stream), ('thread', p_target))
  order by l.id for update
$$;

-- A notice needs a thread. Before any lock, like the inserts of app.append; whoever waits here holds nothing.
create or replace function app.open_thread(p_stream uuid, p_viewer uuid) returns void
language sql set search_path = '' as $$
  insert into app.log (kind, stream_id, viewer_id, epoch)
  select 'thread', r.stream_id, p_viewer, r.epoch from app.log r
  where r.stream_id = p_stream and r.kind = 'room' and r.audience = p_stream
    and not exists (
      select from app.log l where l.stream_id = p_stream and l.kind = 'thread' and l.audience = p_viewer)
  on conflict do nothing
$$;

-- The audit trail: what the actor did, without anybody's words. Those are read from where they are kept.
create or replace function app.record(p_stream uuid, p_deed jsonb, p_message uuid) returns app.placed
language sql set search_path = '' as $$
  select app.enter(p_stream, 'backstage', p_stream, 'moderated', p_message,
    jsonb_build_object('by', app.who(app.pid()), 'deed', p_deed))
$$;

create or replace function app.notify(p_stream uuid, p_viewer uuid, p_notice jsonb) returns app.placed
language sql set search_path = '' as $$
  select app.enter(p_stream, 'thread', p_viewer, 'notice', null, p_notice)
$$;

-- Removed and rejected words are kept for 30 days: whoever adds to them takes away the old ones of the stream.
create or replace function app.forget(p_stream uuid) returns void
language sql set search_path = '' as $$
  delete from app.removed r where r.stream_id = p_stream and r.removed_at < now() - interval '30 days';
  update app.held h set text = null
  where h.stream_id = p_stream and h.verdict <> 'open' and h.text is not null
    and h.decided_at < now() - interval '30 days'
$$;

-- Makes a tombstone of a public message whose logs are locked; its words go where moderators read them.
create or replace function app.bury(p_target uuid) returns boolean
language plpgsql set search_path = '' as $$
begin
  insert into app.removed (message_id, stream_id, text, removed_by)
  select m.id, m.stream_id, m.text, app.pid() from app.message m where m.id = p_target and m.deleted_at is null
  on conflict do nothing;
  update app.message m set text = null, deleted_at = now(), deleted_by = app.pid()
  where m.id = p_target and m.deleted_at is null;
  return found;
end $$;

-- What is pinned and was just deleted is pinned no longer.
create or replace function app.clear_pin(p_stream uuid) returns setof app.placed
language plpgsql set search_path = '' as $$
declare v_ver bigint;
begin
  update app.pin p set message_id = null, ver = p.ver + 1
  from app.message m where p.stream_id = p_stream and m.id = p.message_id and m.deleted_at is not null
  returning p.ver into v_ver;
  if found then
    return next app.enter(p_stream, 'room', p_stream, 'unpinned', null, jsonb_build_object('ver', v_ver));
  end if;
end $$;

-- ---- messages ----------------------------------------------------------------------------------------------------

create or replace function app.act_delete(p_stream uuid, p_target uuid) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare
  v_role text;
  v_barred text := app.barred(p_stream);
  m app.message;
begin
  if v_barred is not null then return next app.refused(v_barred); return; end if;
  select * into m from app.message x where x.id = p_target and x.stream_id = p_stream;
  if not app.sees(m) then return next app.refused('not_found'); return; end if;
  if m.viewer_id is null then perform app.lock_stage(p_stream, null);
  else perform app.lock_logs(p_stream, m.viewer_id); end if;
  v_barred := app.barred(p_stream);
  v_role := app.role_of(p_stream, app.pid());
  if v_barred is null and m.sender_id <> app.pid() and v_role <> 'host'
    and not (v_role = 'moderator' and m.viewer_id is null) then v_barred := 'not_allowed'; end if;
  if v_barred is not null then return next app.refused(v_barred); return; end if;
  if m.viewer_id is not null then
    update app.message x set text = null, deleted_at = now(), deleted_by = app.pid()
    where x.id = p_target and x.deleted_at is null;
    if not found then return next app.refused('dup'); return; end if;
    return next app.enter(p_stream, 'thread', m.viewer_id, 'deleted', p_target, null);
    return next app.enter(p_stream, 'inbox', p_stream, 'deleted', p_target, null);
    return;
  end if;
  if not app.bury(p_target) then return next app.refused('dup'); return; end if;
  perform app.forget(p_stream);
  return next app.enter(p_stream, 'room', p_stream, 'deleted', p_target, null);
  return query select * from app.clear_pin(p_stream);
  return next app.record(p_stream, '{"is": "deleted"}', p_target);
end $$;

-- Oldest first, as they stand in the room.
create or replace function app.act_wipe(p_stream uuid, p_target uuid) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare
  v_code text := app.may_judge(p_stream, p_target);
  v_gone uuid[];
  v_held uuid[];
  v_id uuid;
begin
  if v_code is null then
    -- A thread that began while this waits for the other locks would be one that it writes to and has not locked.
    perform app.open_thread(p_stream, p_target);
    perform app.lock_stage(p_stream, p_target);
    v_code := app.may_judge(p_stream, p_target);
  end if;
  if v_code is not null then return next app.refused(v_code); return; end if;
  select array_agg(x.id order by x.seq) into v_gone from (
    select m.id, m.seq from app.message m
    where m.stream_id = p_stream and m.sender_id = p_target and m.viewer_id is null and m.deleted_at is null
    order by m.sent_at desc, m.seq desc limit 100) x;
  select array_agg(h.id order by h.held_at, h.id) into v_held from app.held h
  where h.stream_id = p_stream and h.sender_id = p_target and h.verdict = 'open';
  if v_gone is null and v_held is null then return next app.refused('dup'); return; end if;
  perform app.forget(p_stream);
  foreach v_id in array coalesce(v_gone, '{}') loop
    perform app.bury(v_id);
    return next app.enter(p_stream, 'room', p_stream, 'deleted', v_id, null);
  end loop;
  return query select * from app.clear_pin(p_stream);
  return next app.record(p_stream, jsonb_build_object(
    'is', 'wiped', 'target', app.who(p_target), 'count', coalesce(array_length(v_gone, 1), 0)), null);
  foreach v_id in array coalesce(v_held, '{}') loop
    return query select * from app.settle(p_stream, v_id, 'rejected');
  end loop;
end $$;

-- ---- held messages -----------------------------------------------------------------------------------------------

-- The verdict on a held message whose logs are locked: for moderators, and for its author.
create or replace function app.settle(p_stream uuid, p_target uuid, p_verdict text) returns setof app.placed
language plpgsql set search_path = '' as $$
declare h app.held;
begin
  update app.held x set verdict = p_verdict, decided_by = app.pid(), decided_at = now(),
    -- An approved text lives in the message alone, so that its delete leaves none here.
    text = case when p_verdict = 'rejected' then x.text end
  where x.id = p_target returning * into strict h;
  return next app.enter(p_stream, 'backstage', p_stream, 'settled', null,
    jsonb_build_object('target', p_target, 'verdict', p_verdict, 'by', app.who(app.pid())));
  return next app.notify(p_stream, h.sender_id, jsonb_build_object('is', p_verdict, 'target', p_target));
end $$;

-- Locks what a verdict writes; answers what stops it.
create or replace function app.before_verdict(p_stream uuid, p_target uuid, p_verdict text) returns text
language plpgsql set search_path = '' as $$
declare
  v_code text := app.barred_staff(p_stream);
  v_author uuid;
  v_was text;
begin
  if v_code is not null then return v_code; end if;
  select h.sender_id into v_author from app.held h where h.id = p_target and h.stream_id = p_stream;
  if not found then return 'not_found'; end if;
  perform app.lock_stage(p_stream, v_author);
  select h.verdict into v_was from app.held h where h.id = p_target;
  return coalesce(app.barred_staff(p_stream),
    case v_was when 'open' then null when p_verdict then 'dup' else 'wrong_state' end);
end $$;

create or replace function app.act_approve(p_stream uuid, p_target uuid) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare
  v_code text := app.before_verdict(p_stream, p_target, 'approved');
  v_said app.placed;
begin
  if v_code is not null then return next app.refused(v_code); return; end if;
  -- As it was when it was sent, at the place and time it gets now. The one case for another cmid: its sender used it
  -- at the same moment for a message of another stream, where no lock is shared.
  insert into app.message (id, stream_id, sender_id, sender_name, sender_role, cmid, text, body_sha, fold_sha,
    reply_to, sent_at, seq)
  select h.id, h.stream_id, h.sender_id, h.sender_name, h.sender_role,
    case when exists (select from app.message m where m.sender_id = h.sender_id and m.cmid = h.cmid)
      then gen_random_uuid() else h.cmid end,
    h.text, h.body_sha, h.fold_sha,
    (select q.id from app.message q where q.id = h.reply_to and q.deleted_at is null), now(), 0
  from app.held h where h.id = p_target;
  v_said := app.enter(p_stream, 'room', p_stream, 'said', p_target, null);
  update app.message m set sent_at = v_said.at, seq = v_said.seq where m.id = p_target;
  return next v_said;
  return query select * from app.settle(p_stream, p_target, 'approved');
end $$;

create or replace function app.act_reject(p_stream uuid, p_target uuid) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare v_code text := app.before_verdict(p_stream, p_target, 'rejected');
begin
  if v_code is not null then return next app.refused(v_code); return; end if;
  perform app.forget(p_stream);
  return query select * from app.settle(p_stream, p_target, 'rejected');
end $$;

-- ---- reports and notes -------------------------------------------------------------------------------------------

create or replace function app.act_report(p_stream uuid, p_target uuid, p_reason text, p_note text)
returns setof app.placed language plpgsql security definer set search_path = '' as $$
declare
  v_code text;
  v_by jsonb := app.who(app.pid());
  m app.message;
begin
  -- A delete writes the backstage as well: behind its lock nobody reports what is gone.
  perform app.lock_stage(p_stream, null);
  v_code := app.barred(p_stream);
  if v_code is null and v_by is null then v_code := 'not_allowed'; end if;
  if v_code is not null then return next app.refused(v_code); return; end if;
  select * into m from app.message x
  where x.id = p_target and x.stream_id = p_stream and x.viewer_id is null and x.deleted_at is null;
  if not found then return next app.refused('not_found'); return; end if;
  if m.sender_id = app.pid() then return next app.refused('not_allowed'); return; end if;
  insert into app.report (message_id, reporter_id, stream_id, reporter_name, reason, note)
  values (p_target, app.pid(), p_stream, v_by ->> 'name', p_reason, p_note) on conflict do nothing;
  if not found then return next app.refused('dup'); return; end if;
  return next app.enter(p_stream, 'backstage', p_stream, 'reported', p_target,
    jsonb_build_object('by', v_by, 'reason', p_reason, 'note', p_note));
end $$;

create or replace function app.act_resolve(p_stream uuid, p_target uuid) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare v_code text;
begin
  perform app.lock_stage(p_stream, null);
  v_code := app.barred_staff(p_stream);
  if v_code is not null then return next app.refused(v_code); return; end if;
  if not exists (
    select from app.message m where m.id = p_target and m.stream_id = p_stream and m.viewer_id is null
  ) then return next app.refused('not_found'); return; end if;
  update app.report r set resolved_by = app.pid(), resolved_at = now()
  where r.message_id = p_target and r.stream_id = p_stream and r.resolved_at is null;
  if not found then return next app.refused('dup'); return; end if;
  return next app.enter(p_stream, 'backstage', p_stream, 'resolved', null,
    jsonb_build_object('target', p_target, 'by', app.who(app.pid())));
end $$;

create or replace function app.act_note(p_stream uuid, p_target uuid, p_text text) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare
  v_code text;
  v_by jsonb := app.who(app.pid());
  v_target jsonb := app.who(p_target);
  v_id uuid;
begin
  perform app.lock_stage(p_stream, null);
  v_code := app.barred_staff(p_stream);
  if v_code is null and v_target is null then v_code := 'not_found'; end if;
  if v_code is null and coalesce(p_text, '') = '' then v_code := 'text_empty'; end if;
  if v_code is null and octet_length(p_text) > 2000 then v_code := 'text_too_long'; end if;
  if v_code is not null then return next app.refused(v_code); return; end if;
  insert into app.person_note (stream_id, principal_id, by_id, by_name, text)
  values (p_stream, p_target, app.pid(), v_by ->> 'name', p_text) returning id into v_id;
  return next app.enter(p_stream, 'backstage', p_stream, 'moderated', null, jsonb_build_object(
    'by', v_by, 'deed', jsonb_build_object('is', 'noted', 'target', v_target), 'note', v_id));
end $$;

-- ---- people ------------------------------------------------------------------------------------------------------

-- Before an act on a viewer: the thread, the locks, the right. Twice the right, so that nobody opens threads who may
-- not, and so that it is the one behind the locks that counts.
create or replace function app.before_judging(p_stream uuid, p_target uuid) returns text
language plpgsql set search_path = '' as $$
declare v_code text := app.may_judge(p_stream, p_target);
begin
  if v_code is not null then return v_code; end if;
  perform app.open_thread(p_stream, p_target);
  perform app.lock_standing(p_stream, p_target);
  return app.may_judge(p_stream, p_target);
end $$;

create or replace function app.act_timeout(p_stream uuid, p_target uuid, p_seconds int, p_reason text)
returns setof app.placed language plpgsql security definer set search_path = '' as $$
declare
  v_code text := app.before_judging(p_stream, p_target);
  v_until timestamptz := date_trunc('milliseconds', clock_timestamp()) + p_seconds * interval '1 s';
  v_what jsonb := jsonb_build_object('is', 'timed_out', 'until', app.ms(v_until), 'reason', p_reason);
begin
  if v_code is null and coalesce(p_seconds not between 10 and 1209600, true) then v_code := 'bad_request'; end if;
  if v_code is not null then return next app.refused(v_code); return; end if;
  insert into app.stream_timeout as t (stream_id, principal_id, until, by_id, reason)
  values (p_stream, p_target, v_until, app.pid(), p_reason)
  on conflict (stream_id, principal_id) do update
  set until = v_until, by_id = app.pid(), reason = p_reason, created_at = clock_timestamp()
  where t.until not between v_until - interval '10 s' and v_until; -- sent again, as of a ban
  if not found then return next app.refused('dup'); return; end if;
  return next app.record(p_stream, v_what || jsonb_build_object('target', app.who(p_target)), null);
  return next app.notify(p_stream, p_target, v_what);
end $$;

create or replace function app.act_lift(p_stream uuid, p_target uuid) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare
  v_code text := app.before_judging(p_stream, p_target);
  v_until timestamptz;
begin
  if v_code is not null then return next app.refused(v_code); return; end if;
  delete from app.stream_timeout t where t.stream_id = p_stream and t.principal_id = p_target
  returning t.until into v_until;
  if v_until is null or v_until <= clock_timestamp() then return next app.refused('dup'); return; end if;
  return next app.record(p_stream, jsonb_build_object('is', 'timeout_ended', 'target', app.who(p_target)), null);
  return next app.notify(p_stream, p_target, '{"is": "timeout_ended"}');
end $$;

create or replace function app.act_ban(p_stream uuid, p_target uuid, p_seconds int, p_reason text)
returns setof app.placed language plpgsql security definer set search_path = '' as $$
declare
  v_code text := app.before_judging(p_stream, p_target);
  v_until timestamptz := date_trunc('milliseconds', clock_timestamp()) + p_seconds * interval '1 s';
  v_what jsonb := jsonb_build_object('is', 'banned', 'until', app.ms(v_until), 'reason', p_reason);
begin
  if v_code is null and p_seconds not between 10 and 1209600 then v_code := 'bad_request'; end if;
  if v_code is not null then return next app.refused(v_code); return; end if;
  insert into app.stream_ban as b (stream_id, principal_id, until, by_id, reason)
  values (p_stream, p_target, v_until, app.pid(), p_reason)
  on conflict (stream_id, principal_id) do update
  set until = v_until, by_id = app.pid(), reason = p_reason, created_at = now()
  where not coalesce(b.until between v_until - interval '10 s' and v_until, b.until is null and v_until is null);
  if not found then return next app.refused('dup'); return; end if;
  return next app.record(p_stream, v_what || jsonb_build_object('target', app.who(p_target)), null);
  return next app.notify(p_stream, p_target, v_what);
  perform app.revoke(p_target, p_stream, null, null, 'ban');
end $$;

create or replace function app.act_unban(p_stream uuid, p_target uuid) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare
  v_code text := app.before_judging(p_stream, p_target);
  v_was boolean;
begin
  if v_code is not null then return next app.refused(v_code); return; end if;
  v_was := app.is_banned(p_stream, p_target);
  delete from app.stream_ban b where b.stream_id = p_stream and b.principal_id = p_target;
  if not v_was then return next app.refused('dup'); return; end if;
  return next app.record(p_stream, jsonb_build_object('is', 'unbanned', 'target', app.who(p_target)), null);
  return next app.notify(p_stream, p_target, '{"is": "unbanned"}');
end $$;

-- What the host alone decides of a person: locks, right.
create or replace function app.before_choosing(p_stream uuid, p_target uuid) returns text
language plpgsql set search_path = '' as $$
begin
  perform app.lock_standing(p_stream, p_target);
  return app.may_appoint(p_stream, p_target);
end $$;

create or replace function app.act_appoint(p_stream uuid, p_target uuid, p_everywhere boolean)
returns setof app.placed language plpgsql security definer set search_path = '' as $$
declare v_code text := app.before_choosing(p_stream, p_target);
begin
  if v_code is not null then return next app.refused(v_code); return; end if;
  if p_everywhere then
    insert into app.host_moderator (host_id, principal_id) values (app.pid(), p_target) on conflict do nothing;
  else
    insert into app.stream_moderator (stream_id, principal_id) values (p_stream, p_target) on conflict do nothing;
  end if;
  if not found then return next app.refused('dup'); return; end if;
  return next app.record(p_stream, jsonb_build_object(
    'is', 'appointed', 'target', app.who(p_target), 'everywhere', p_everywhere), null);
  perform app.revoke(p_target, case when not p_everywhere then p_stream end, null, null, 'role');
end $$;

-- Both at once. In the other streams of the host no log is locked, of which there may be any number: an act there that
-- had its right confirmed before this commits still happens.
create or replace function app.act_dismiss(p_stream uuid, p_target uuid) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare
  v_code text := app.before_choosing(p_stream, p_target);
  v_everywhere boolean;
begin
  if v_code is not null then return next app.refused(v_code); return; end if;
  delete from app.host_moderator h where h.host_id = app.pid() and h.principal_id = p_target;
  v_everywhere := found;
  delete from app.stream_moderator m where m.stream_id = p_stream and m.principal_id = p_target;
  if not found and not v_everywhere then return next app.refused('dup'); return; end if;
  return next app.record(p_stream, jsonb_build_object('is', 'dismissed', 'target', app.who(p_target)), null);
  perform app.revoke(p_target, case when not v_everywhere then p_stream end, null, null, 'role');
end $$;

create or replace function app.act_block(p_stream uuid, p_target uuid) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare v_code text := app.before_choosing(p_stream, p_target);
begin
  if v_code is not null then return next app.refused(v_code); return; end if;
  insert into app.host_block (host_id, principal_id) values (app.pid(), p_target) on conflict do nothing;
  if not found then return next app.refused('dup'); return; end if;
  return next app.record(p_stream, jsonb_build_object('is', 'blocked', 'target', app.who(p_target)), null);
end $$;

create or replace function app.act_unblock(p_stream uuid, p_target uuid) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare v_code text := app.before_choosing(p_stream, p_target);
begin
  if v_code is not null then return next app.refused(v_code); return; end if;
  delete from app.host_block b where b.host_id = app.pid() and b.principal_id = p_target;
  if not found then return next app.refused('dup'); return; end if;
  return next app.record(p_stream, jsonb_build_object('is', 'unblocked', 'target', app.who(p_target)), null);
end $$;

create or replace function app.act_enrol(p_stream uuid, p_target uuid) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare v_code text := app.before_choosing(p_stream, p_target);
begin
  if v_code is not null then return next app.refused(v_code); return; end if;
  insert into app.host_member as e (host_id, principal_id) values (app.pid(), p_target)
  on conflict (host_id, principal_id) do update set until = null where e.until is not null;
  if not found then return next app.refused('dup'); return; end if;
  return next app.record(p_stream, jsonb_build_object('is', 'enrolled', 'target', app.who(p_target)), null);
end $$;

create or replace function app.act_expel(p_stream uuid, p_target uuid) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare v_code text := app.before_choosing(p_stream, p_target);
begin
  if v_code is not null then return next app.refused(v_code); return; end if;
  delete from app.host_member e where e.host_id = app.pid() and e.principal_id = p_target;
  if not found then return next app.refused('dup'); return; end if;
  return next app.record(p_stream, jsonb_build_object('is', 'expelled', 'target', app.who(p_target)), null);
end $$;

-- ---- the room ----------------------------------------------------------------------------------------------------

create or replace function app.act_slow(p_stream uuid, p_seconds int) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare v_code text;
begin
  perform app.lock_stage(p_stream, null);
  v_code := app.barred(p_stream);
  if v_code is null and app.role_of(p_stream, app.pid()) <> 'host' then v_code := 'not_allowed'; end if;
  if v_code is not null then return next app.refused(v_code); return; end if;
  update app.stream s set slow_seconds = p_seconds where s.id = p_stream and s.slow_seconds <> p_seconds;
  if not found then return next app.refused('dup'); return; end if;
  return next app.enter(p_stream, 'room', p_stream, 'slowed', null, jsonb_build_object('seconds', p_seconds));
  return next app.record(p_stream, jsonb_build_object('is', 'slowed', 'seconds', p_seconds), null);
end $$;

create or replace function app.act_rules(p_stream uuid, p_rules jsonb) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare v_code text;
begin
  perform app.lock_stage(p_stream, null);
  v_code := app.barred(p_stream);
  if v_code is null and app.role_of(p_stream, app.pid()) <> 'host' then v_code := 'not_allowed'; end if;
  if v_code is not null then return next app.refused(v_code); return; end if;
  update app.stream s set rules = p_rules where s.id = p_stream and s.rules <> p_rules;
  if not found then return next app.refused('dup'); return; end if;
  return next app.enter(p_stream, 'room', p_stream, 'ruled', null, jsonb_build_object('rules', p_rules));
  return next app.record(p_stream, jsonb_build_object('is', 'ruled', 'rules', p_rules), null);
end $$;

-- ---- for a node of the version before, while nodes are replaced one by one ---------------------------------------

-- It knows bans and appointments as acts that write no entry.
create or replace function app.act_ban(p_stream uuid, p_target uuid, p_seconds int) returns setof app.placed
language sql security definer set search_path = '' as $$
  select coalesce(a.code, 'done'), null::text, null::uuid, null::uuid, null::bigint, a.at
  from app.act_ban(p_stream, p_target, p_seconds, null) a limit 1
$$;
create or replace function app.act_appoint(p_stream uuid, p_target uuid) returns setof app.placed
language sql security definer set search_path = '' as $$
  select coalesce(a.code, 'done'), null::text, null::uuid, null::uuid, null::bigint, a.at
  from app.act_appoint(p_stream, p_target, false) a limit 1
$$;

grant execute on function
  app.act_wipe(uuid, uuid), app.act_approve(uuid, uuid), app.act_reject(uuid, uuid),
  app.act_report(uuid, uuid, text, text), app.act_resolve(uuid, uuid), app.act_note(uuid, uuid, text),
  app.act_timeout(uuid, uuid, int, text), app.act_lift(uuid, uuid), app.act_ban(uuid, uuid, int, text),
  app.act_appoint(uuid, uuid, boolean), app.act_block(uuid, uuid), app.act_unblock(uuid, uuid),
  app.act_enrol(uuid, uuid), app.act_expel(uuid, uuid), app.act_rules(uuid, jsonb)
to stagedoor_app;

-- ---- the append --------------------------------------------------------------------------------------------------

-- What only some rooms and rows need is a function of its own: it is not opened, planned or locked for a batch that
-- calls it for no row, and inside the append that was most of what moderation cost.

-- Ms until a public message may follow the last one; null when there was none. Held ones count.
create or replace function app.slow_ms(p_stream uuid, p_sender uuid, p_seconds int, p_now timestamptz) returns int
language plpgsql stable set search_path = '' as $$
declare v_last timestamptz;
begin
  select greatest(
    (select max(m.sent_at) from app.message m
      where m.stream_id = p_stream and m.sender_id = p_sender and m.viewer_id is null),
    (select max(h.held_at) from app.held h where h.stream_id = p_stream and h.sender_id = p_sender)) into v_last;
  if v_last is null then return null; end if; -- `least` leaves nulls out
  return least(p_seconds * 1000, ceil(extract(epoch from v_last + p_seconds * interval '1 s' - p_now) * 1000))::int;
end $$;

-- Ms until the same words may come again. Reads what one person said in the time that counts, which their rate bounds.
create or replace function app.same_ms(
  p_stream uuid, p_sender uuid, p_seconds int, p_fold bytea, p_now timestamptz
) returns int language plpgsql stable set search_path = '' as $$
declare v_last timestamptz;
begin
  select greatest(
    (select max(m.sent_at) from app.message m
      where m.stream_id = p_stream and m.sender_id = p_sender and m.viewer_id is null
        and m.sent_at > p_now - p_seconds * interval '1 s' and m.fold_sha = p_fold),
    (select max(h.held_at) from app.held h
      where h.stream_id = p_stream and h.sender_id = p_sender
        and h.held_at > p_now - p_seconds * interval '1 s' and h.fold_sha = p_fold)) into v_last;
  if v_last is null then return null; end if;
  return least(p_seconds * 1000, ceil(extract(epoch from v_last + p_seconds * interval '1 s' - p_now) * 1000))::int;
end $$;

create or replace function app.is_member(p_host uuid, p_principal uuid, p_now timestamptz) returns boolean
language plpgsql stable set search_path = '' as $$
begin
  return exists (
    select from app.host_member e
    where e.host_id = p_host and e.principal_id = p_principal and (e.until is null or e.until > p_now));
end $$;

create or replace function app.log_of(p_stream uuid, p_kind text, p_audience uuid) returns app.log
language plpgsql stable set search_path = '' as $$
declare v_log app.log;
begin
  select * into v_log from app.log l where l.stream_id = p_stream and l.kind = p_kind and l.audience = p_audience;
  return v_log;
end $$;

-- True, so that it can stand where the answer says so.
create or replace function app.hold(
  p_id uuid, p_stream uuid, p_sender uuid, p_name text, p_role text, p_cmid uuid, p_text text, p_fold bytea,
  p_reply_to uuid, p_at timestamptz, p_reason text, p_matched text
) returns boolean language plpgsql set search_path = '' as $$
begin
  insert into app.held (id, stream_id, sender_id, sender_name, sender_role, cmid, text, body_sha, fold_sha, reply_to,
    held_at, reason, matched)
  values (p_id, p_stream, p_sender, p_name, p_role, p_cmid, p_text, sha256(convert_to(p_text, 'UTF8')), p_fold,
    p_reply_to, p_at, p_reason, p_matched);
  return true;
end $$;

-- Group commit, now under the rules of the room. The order of verdicts is the order of the first `case`, then slow
-- mode, then the same words again, then whether it is held.
--
-- What moderation costs a batch on a stream with open rules: host, moderators, their names and the version of the
-- terms, by key, once for each stream; the rules of each stream once before the locks; and for each row two look-ups
-- more (a timeout or a block; a held message with the same id). Against the function before, CPU of the database's
-- process, with five moderators: 1.2 times for a batch of 64, 1.3 for 16, 1.6 for a message alone, before the commit
-- itself, which costs more than both.
--
-- Whether a row may be held is guessed before the locks, because a held one locks other logs: the backstage, and its
-- sender's thread. Rules that changed in between are a refusal like terms that did.
--
-- The settings are those of the function before: one generic plan, and look-ups that cannot become joins.
create or replace function app.append(
  p_id uuid[], p_cmid uuid[], p_stream uuid[], p_sender uuid[], p_viewer uuid[], p_text text[], p_reply_to uuid[],
  -- SHA-256 in hex; whether there is a link; the version of the host's terms that was looked at (null: whatever is
  -- current); the first term found, and whether it holds (or refuses). Missing values are null: nothing was found.
  p_fold text[], p_link boolean[], p_terms_ver bigint[], p_term text[], p_term_hold boolean[]
) returns table (
  i int, code text, retry_after_ms int, id uuid, at timestamptz,
  epoch uuid, seq bigint, inbox_epoch uuid, inbox_seq bigint, inbox_at timestamptz,
  sender_name text, sender_role text, quote_id uuid, quote_name text, quote_text text,
  -- Then `epoch` and `seq` are of the sender's thread, the `inbox_` ones of the backstage; of a `dup` they say nothing.
  held boolean,
  -- Why somebody is timed out.
  why text
)
language plpgsql security definer set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
  v_now timestamptz;
  v_hold boolean[];
  v_strict boolean;
begin
  -- Per stream first: rooms that hold nothing, and texts without such a term, are most.
  v_strict := true = any (p_term_hold) or exists (
    select from (select distinct t.stream_id from unnest(p_stream) as t (stream_id)) d
    cross join lateral (select s.rules from app.stream s where s.id = d.stream_id limit 1) s
    where s.rules @> '{"review": true}' or s.rules @> '{"links": "held"}');
  if v_strict then
    select array_agg(coalesce(
      d.viewer_id is null and (d.term_hold or s.rules ->> 'review' = 'true' or d.link and s.rules ->> 'links' = 'held'),
      false) order by d.i) into v_hold
    from unnest(p_stream, p_viewer, p_link, p_term_hold) with ordinality as d (stream_id, viewer_id, link, term_hold, i)
    left join lateral (select s.rules from app.stream s where s.id = d.stream_id limit 1) s on true;
  end if;

  -- A thread begins with its first message or notice. All inserts come before all locks and both go in one order, so
  -- that two batches can wait for each other in one direction only.
  if array_remove(p_viewer, null) <> '{}' or true = any (v_hold) then
    insert into app.log (kind, stream_id, viewer_id, epoch)
    select distinct 'thread', d.stream_id, d.viewer_id, r.epoch
    from (
      select u.stream_id, u.sender_id, coalesce(u.viewer_id, u.sender_id) as viewer_id, u.viewer_id is null as waits
      from unnest(p_stream, p_sender, p_viewer, v_hold) as u (stream_id, sender_id, viewer_id, hold)
      where u.viewer_id is not null or u.hold
    ) d
    join app.stream s on s.id = d.stream_id
    join app.principal v on v.id = d.viewer_id
    cross join lateral (
      select r.epoch from app.log r
      where r.stream_id = d.stream_id and r.kind = 'room' and r.audience = d.stream_id limit 1
    ) r
    where d.viewer_id <> s.host_id and d.sender_id in (d.viewer_id, s.host_id)
      and not app.is_banned(d.stream_id, d.sender_id)
      and not (d.waits and app.role_of(d.stream_id, d.sender_id) <> 'viewer')
      and not exists (
        select from app.log l
        where l.stream_id = d.stream_id and l.kind = 'thread' and l.audience = d.viewer_id)
    order by 2, 3
    on conflict do nothing;
  end if;
  perform from app.log l
  where l.id in (
    select k.id
    from (
      select distinct t.stream_id, t.viewer_id, case when t.hold then t.sender_id end as waits_id
      from unnest(p_stream, p_viewer, p_sender, v_hold) as t (stream_id, viewer_id, sender_id, hold)
    ) d
    cross join lateral (
      select 'room' as kind, d.stream_id as audience where d.viewer_id is null
      union all select 'thread', d.viewer_id where d.viewer_id is not null
      union all select 'inbox', d.stream_id where d.viewer_id is not null
      union all select 'backstage', d.stream_id where d.waits_id is not null
      union all select 'thread', d.waits_id where d.waits_id is not null
    ) g
    cross join lateral (
      select l.id from app.log l
      where l.stream_id = d.stream_id and l.kind = g.kind and l.audience = g.audience limit 1
    ) k
  )
  order by l.id for update;

  v_now := date_trunc('milliseconds', clock_timestamp());
  return query
  with hosts as materialized (
    -- Who is free of the rules, names that nobody else may look like, and the version of the terms, for each stream.
    select jsonb_object_agg(d.stream_id, jsonb_build_object('staff', w.staff, 'names', w.names,
      'ver', coalesce((select t.ver from app.host_terms t where t.host_id = s.host_id limit 1), 0))) as by_stream
    from (select distinct t.stream_id from unnest(p_stream) as t (stream_id)) d
    cross join lateral (select s.host_id from app.stream s where s.id = d.stream_id limit 1) s
    cross join lateral (
      select jsonb_object_agg(w.id, true) as staff, jsonb_agg(n.skeleton) filter (where n.skeleton is not null) as names
      from (
        select s.host_id as id
        union all select m.principal_id from app.stream_moderator m where m.stream_id = d.stream_id
        union all select h.principal_id from app.host_moderator h where h.host_id = s.host_id
      ) w
      left join lateral (select p.skeleton from app.principal p where p.id = w.id limit 1) n on true
    ) w
  ), checked as materialized (
    select d.*, d.i::int as nr, decode(d.fold, 'hex') as fold_sha,
      l.id as log_id, l.epoch, l.last_seq, greatest(v_now, l.last_at) as at,
      x.id as inbox_id, x.epoch as inbox_epoch, x.last_seq as inbox_last_seq, greatest(v_now, x.last_at) as inbox_at,
      z.role, p.name, s.slow_seconds, (s.rules ->> 'duplicateSeconds')::int as duplicate_seconds,
      q.id as quote_id, q.sender_name as quote_name, q.text as quote_text,
      coalesce(f.id, h.id) as first_id, coalesce(f.sent_at, h.held_at) as first_at, f.seq as first_seq,
      f.inbox_seq as first_inbox_seq, f.id is null and h.id is not null as was_held,
      w.reason as waits_for,
      case
        when s.id is null then 'not_found'
        when b.stream_id is not null and s.host_id <> d.sender_id then 'banned'
        when p.id is null then 'not_allowed'
        when d.viewer_id = s.host_id or d.sender_id not in (d.viewer_id, s.host_id) then 'not_allowed'
        when l.id is null then 'not_found'
        when f.id is not null then
          case when f.body_sha <> sha256(convert_to(d.text, 'UTF8')) or f.stream_id <> d.stream_id
            or f.viewer_id is distinct from d.viewer_id then 'idempotency_mismatch' else 'dup' end
        when h.id is not null then
          case when h.body_sha <> sha256(convert_to(d.text, 'UTF8')) or h.stream_id <> d.stream_id
            or d.viewer_id is not null then 'idempotency_mismatch' else 'dup' end
        when s.ended_at < v_now - interval '5 minutes' then 'stream_ended'
        when d.reply_to is not null and q.id is null then 'reply_not_here'
        when d.text = '' then 'text_empty'
        when octet_length(d.text) > 2000 then 'text_too_long'
        when k.closed then 'thread_closed'
        when z.role <> 'viewer' then null
        when y.host -> 'names' ? p.skeleton then 'name_reserved'
        when d.viewer_id is not null then null
        when o.until is not null then 'timed_out'
        when s.rules ->> 'who' = 'accounts' and p.kind = 'guest' then 'accounts_only'
        when s.rules ->> 'who' = 'members' and not app.is_member(s.host_id, d.sender_id, v_now) then 'members_only'
        when s.rules ->> 'minAgeSeconds' <> '0'
          and p.created_at + (s.rules ->> 'minAgeSeconds')::int * interval '1 s' > v_now then 'account_too_new'
        when d.terms_ver <> (y.host ->> 'ver')::bigint then 'rules_changed'
        when d.term is not null and not d.term_hold then 'text_blocked'
        when d.link and s.rules ->> 'links' = 'refused' then 'link_refused'
        when w.reason is not null and d.hold is not true then 'rules_changed'
      end as verdict,
      o.until as timed_out_until, o.reason as timed_out_why,
      p.created_at + (s.rules ->> 'minAgeSeconds')::int * interval '1 s' as old_enough_at
    from unnest(p_id, p_cmid, p_stream, p_sender, p_viewer, p_text, p_reply_to, p_fold, p_link, p_terms_ver, p_term,
        p_term_hold, v_hold) with ordinality
      as d (id, cmid, stream_id, sender_id, viewer_id, text, reply_to, fold, link, terms_ver, term, term_hold, hold, i)
    left join app.stream s on s.id = d.stream_id
    left join app.principal p on p.id = d.sender_id
    left join app.stream_ban b on b.stream_id = d.stream_id and b.principal_id = d.sender_id
      and (b.until is null or b.until > v_now)
    cross join hosts
    cross join lateral (select hosts.by_stream -> d.stream_id::text as host offset 0) y
    cross join lateral (
      select case when s.host_id = d.sender_id then 'host'
        when y.host -> 'staff' ? d.sender_id::text then 'moderator' else 'viewer' end as role
    ) z
    cross join lateral (
      select case when d.viewer_id is not null or z.role <> 'viewer' then null
        when d.term_hold then 'term'
        when d.link and s.rules ->> 'links' = 'held' then 'link'
        when s.rules ->> 'review' = 'true' then 'review' end as reason
    ) w
    left join app.log l on l.stream_id = d.stream_id and l.audience = coalesce(d.viewer_id, d.stream_id)
      and l.kind = case when d.viewer_id is null then 'room' else 'thread' end
    left join lateral (
      select x.id, x.epoch, x.last_seq, x.last_at from app.log x
      where d.viewer_id is not null and x.stream_id = d.stream_id and x.kind = 'inbox' and x.audience = d.stream_id
      limit 1
    ) x on true
    left join app.message f on f.sender_id = d.sender_id and f.cmid = d.cmid
    left join lateral (
      select h.id, h.body_sha, h.stream_id, h.held_at from app.held h
      where h.sender_id = d.sender_id and h.cmid = d.cmid limit 1
    ) h on true
    left join lateral (
      select q.id, q.sender_name, q.text from app.message q
      where d.reply_to is not null and q.id = d.reply_to and q.stream_id = d.stream_id
        and q.viewer_id is not distinct from d.viewer_id and q.deleted_at is null
      limit 1
    ) q on true
    left join lateral (
      select o.until, o.reason from app.stream_timeout o
      where d.viewer_id is null and o.stream_id = d.stream_id and o.principal_id = d.sender_id and o.until > v_now
      limit 1
    ) o on true
    left join lateral (
      select true as closed from app.host_block k
      where d.viewer_id is not null and k.host_id = s.host_id and k.principal_id = d.viewer_id limit 1
    ) k on true
  ), paced as materialized (
    select c.*,
      c.verdict is null and c.viewer_id is null and c.role = 'viewer' as ruled,
      case when c.verdict is null and c.viewer_id is null and c.role = 'viewer' and c.slow_seconds > 0
        then app.slow_ms(c.stream_id, c.sender_id, c.slow_seconds, v_now) end as slow_ms,
      case when c.verdict is null and c.viewer_id is null and c.role = 'viewer' and c.duplicate_seconds > 0
        then app.same_ms(c.stream_id, c.sender_id, c.duplicate_seconds, c.fold_sha, v_now) end as same_ms,
      case when c.verdict is null and c.waits_for is not null
        then app.log_of(c.stream_id, 'thread', c.sender_id) end as thread,
      case when c.verdict is null and c.waits_for is not null
        then app.log_of(c.stream_id, 'backstage', c.stream_id) end as backstage
    from checked c
  ), judged as (
    -- Slow mode and repetition count within the batch as well: of several at once the first may pass.
    select c.*,
      case when c.verdict is not null then c.verdict
        when c.slow_wait > 0 then 'slow_mode'
        when c.same_wait > 0 then 'duplicate'
        when c.waits_for is not null and (c.thread).id is null then 'rules_changed' end as refusal
    from (
      select k.*,
        case when not k.ruled or k.slow_seconds = 0 then 0
          when k.slow_ms > 0 then k.slow_ms
          when count(*) filter (where k.ruled and coalesce(k.same_ms, 0) <= 0) over (
            partition by k.stream_id, k.sender_id, k.viewer_id order by k.nr
            rows between unbounded preceding and 1 preceding) > 0 then k.slow_seconds * 1000
          else 0 end as slow_wait,
        case when not k.ruled or k.duplicate_seconds = 0 or k.fold_sha is null then 0
          when k.same_ms > 0 then k.same_ms
          when count(*) filter (where k.ruled) over (
            partition by k.stream_id, k.sender_id, k.viewer_id, k.fold_sha order by k.nr
            rows between unbounded preceding and 1 preceding) > 0 then k.duplicate_seconds * 1000
          else 0 end as same_wait
      from paced k
    ) c
  ), placed as (
    -- A held one is a notice in the sender's thread and an entry of the backstage: two logs, like a private one.
    select j.id, j.nr, j.stream_id, j.viewer_id, j.sender_id, j.name, j.role, j.cmid, j.text, j.fold_sha, j.reply_to,
      j.term, j.refusal, j.verdict, j.slow_wait, j.same_wait, j.timed_out_until, j.timed_out_why, j.old_enough_at,
      j.first_id, j.first_at, j.first_seq, j.first_inbox_seq, j.was_held, j.quote_id, j.quote_name, j.quote_text,
      j.held_for, j.refusal is null as passes,
      case when j.held_for is null then j.log_id else (j.thread).id end as log_id,
      case when j.held_for is null then j.epoch else (j.thread).epoch end as epoch,
      case when j.held_for is null then j.last_seq else (j.thread).last_seq end as last_seq,
      case when j.held_for is null then j.at else greatest(v_now, (j.thread).last_at) end as at,
      case when j.held_for is null then j.inbox_id else (j.backstage).id end as inbox_id,
      case when j.held_for is null then j.inbox_epoch else (j.backstage).epoch end as inbox_epoch,
      case when j.held_for is null then j.inbox_last_seq else (j.backstage).last_seq end as inbox_last_seq,
      case when j.held_for is null then j.inbox_at else greatest(v_now, (j.backstage).last_at) end as inbox_at
    from (select k.*, case when k.refusal is null then k.waits_for end as held_for from judged k) j
  ), numbered as materialized (
    select p.*,
      p.last_seq + count(*) filter (where p.passes) over (partition by p.log_id order by p.nr) as new_seq,
      p.inbox_last_seq + count(*) filter (where p.passes) over (partition by p.inbox_id order by p.nr) as new_inbox_seq
    from placed p
  ), stored as (
    insert into app.message (id, stream_id, viewer_id, sender_id, sender_name, sender_role, cmid, text, body_sha,
      fold_sha, reply_to, sent_at, seq, inbox_seq)
    select n.id, n.stream_id, n.viewer_id, n.sender_id, n.name, n.role, n.cmid, n.text,
      sha256(convert_to(n.text, 'UTF8')), case when n.viewer_id is null then n.fold_sha end, n.reply_to, n.at,
      n.new_seq, n.new_inbox_seq
    from numbered n where n.passes and n.held_for is null
  ), entered as (
    insert into app.entry (log_id, seq, kind, message_id, data, at)
    select n.log_id, n.new_seq,
      case when n.held_for is not null then 'notice' when n.viewer_id is null then 'said' else 'whispered' end,
      case when n.held_for is null then n.id end,
      case when n.held_for is not null then jsonb_build_object('is', 'held', 'target', n.id) end, n.at
    from numbered n where n.passes
    union all
    select n.inbox_id, n.new_inbox_seq, case when n.held_for is null then 'whispered' else 'held' end,
      case when n.held_for is null then n.id end,
      case when n.held_for is not null then jsonb_build_object('held', n.id) end, n.inbox_at
    from numbered n where n.passes and n.inbox_id is not null
  ), moved as (
    update app.log l set last_seq = g.seq, last_at = g.at
    from (
      select n.log_id, max(n.new_seq) as seq, max(n.at) as at from numbered n where n.passes group by 1
      union all
      select n.inbox_id, max(n.new_inbox_seq), max(n.inbox_at) from numbered n
      where n.passes and n.inbox_id is not null group by 1
    ) g where l.id = g.log_id
  )
  select n.nr, n.refusal,
    case n.refusal
      when 'slow_mode' then n.slow_wait when 'duplicate' then n.same_wait
      -- At most what the type holds; whoever waits longer asks again.
      when 'timed_out' then least(2147483647, ceil(extract(epoch from n.timed_out_until - v_now) * 1000))::int
      when 'account_too_new' then least(2147483647, ceil(extract(epoch from n.old_enough_at - v_now) * 1000))::int
    end,
    coalesce(n.first_id, n.id), coalesce(n.first_at, n.at),
    n.epoch, coalesce(n.first_seq, n.new_seq),
    n.inbox_epoch, coalesce(n.first_inbox_seq, n.new_inbox_seq), n.inbox_at,
    n.name, n.role, n.quote_id, n.quote_name, n.quote_text,
    case when n.refusal = 'dup' then n.was_held
      when n.held_for is null then false
      else app.hold(n.id, n.stream_id, n.sender_id, n.name, n.role, n.cmid, n.text, n.fold_sha, n.reply_to, n.at,
        n.held_for, case when n.held_for = 'term' then n.term end) end,
    case when n.refusal = 'timed_out' then n.timed_out_why end
  from numbered n order by n.nr;
end $$;
grant execute on function app.append(uuid[], uuid[], uuid[], uuid[], uuid[], text[], uuid[], text[], boolean[], bigint[],
  text[], boolean[]) to stagedoor_app;

-- For a node of the version before: nothing was found in its texts. It knows no held messages and would show one to
-- the room; it hears that the outcome is unknown, which asks its client to send again, until a node that knows answers.
create or replace function app.append(
  p_id uuid[], p_cmid uuid[], p_stream uuid[], p_sender uuid[], p_viewer uuid[], p_text text[], p_reply_to uuid[]
) returns table (
  i int, code text, retry_after_ms int, id uuid, at timestamptz,
  epoch uuid, seq bigint, inbox_epoch uuid, inbox_seq bigint, inbox_at timestamptz,
  sender_name text, sender_role text, quote_id uuid, quote_name text, quote_text text
)
language sql security definer set search_path = '' as $$
  select a.i, case when a.held then 'unavailable' else a.code end, a.retry_after_ms, a.id, a.at,
    a.epoch, a.seq, a.inbox_epoch, a.inbox_seq, a.inbox_at, a.sender_name, a.sender_role,
    a.quote_id, a.quote_name, a.quote_text
  from app.append(p_id, p_cmid, p_stream, p_sender, p_viewer, p_text, p_reply_to, '{}', '{}', '{}', '{}', '{}') a
  order by a.i
$$;
