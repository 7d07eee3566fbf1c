-- Rights that end while somebody is connected: revocations that every node reads in order, the acts that change who
-- may what, and admissions asked for many people at once.
set local role stagedoor_owner;

-- What lost its force. No foreign keys: a row outlives nothing and must not hold back the erasure of a person.
create table if not exists app.revocation (
  seq bigint primary key,
  principal_id uuid not null,
  -- Null: in every stream.
  stream_id uuid,
  -- `session`: this one session ended; without it all of them did, but for `except_session`.
  session text,
  except_session text,
  kind text not null check (kind in ('session', 'ban', 'role')),
  at timestamptz not null
);
create index if not exists revocation_at on app.revocation (at);

-- A counter row and no sequence: its lock makes commit order seq order, so that whoever has read up to n can never
-- miss one below it that commits late.
create table if not exists app.revocation_counter (
  one boolean primary key default true check (one),
  last_seq bigint not null default 0
);
insert into app.revocation_counter default values on conflict do nothing;

do $$ declare t text; begin
  foreach t in array array['revocation', 'revocation_counter'] loop
    execute format('alter table app.%I enable row level security', t);
    execute format('alter table app.%I force row level security', t);
    execute format('drop policy if exists by_function on app.%I', t);
    execute format('create policy by_function on app.%I to stagedoor_owner using (true) with check (true)', t);
  end loop;
end $$;

-- Always the last lock of its transaction: logs and sessions come before it, so nobody waits in a circle. Nodes read
-- every second; a day is for one that was cut off, and what is older goes when something new comes.
create or replace function app.revoke(
  p_principal uuid, p_stream uuid, p_session text, p_except text, p_kind text
) returns void language plpgsql set search_path = '' as $$
declare v_seq bigint;
begin
  update app.revocation_counter c set last_seq = c.last_seq + 1 returning c.last_seq into strict v_seq;
  insert into app.revocation (seq, principal_id, stream_id, session, except_session, kind, at)
  values (v_seq, p_principal, p_stream, p_session, p_except, p_kind, clock_timestamp());
  delete from app.revocation r where r.at < now() - interval '1 day';
end $$;

-- Revocations after `p_after`, oldest first and at most 500, each beside the newest seq there is. One row without a
-- revocation when there are none, or when `p_after` is null.
create or replace function app.revocations(p_after bigint)
returns table (
  newest bigint, seq bigint, principal_id uuid, stream_id uuid, session text, except_session text, kind text
) language sql stable security definer set search_path = '' as $$
  select c.last_seq, r.seq, r.principal_id, r.stream_id, r.session, r.except_session, r.kind
  from app.revocation_counter c
  left join (select * from app.revocation x where x.seq > p_after order by x.seq limit 500) r on true
  order by r.seq
$$;

create or replace function app.end_session(p_id text) returns void
language plpgsql security definer set search_path = '' as $$
declare v_principal uuid;
begin
  delete from app.session s where s.id = p_id returning s.principal_id into v_principal;
  if found then perform app.revoke(v_principal, null, p_id, null, 'session'); end if;
end $$;

create or replace function app.end_sessions(p_principal uuid, p_except text) returns void
language plpgsql security definer set search_path = '' as $$
begin
  delete from app.session s where s.principal_id = p_principal and s.id is distinct from p_except;
  if found then perform app.revoke(p_principal, null, null, p_except, 'session'); end if;
end $$;

-- A new password ends every session but `p_keep_session` with it. (The function of four arguments stays for a node of
-- the version before, while nodes are replaced one by one.)
create or replace function app.update_person(
  p_id uuid, p_name text, p_email text, p_password_hash text, p_keep_session text
) returns text language plpgsql security definer set search_path = '' as $$
declare v_code text := app.update_person(p_id, p_name, p_email, p_password_hash);
begin
  if v_code is null and p_password_hash is not null then perform app.end_sessions(p_id, p_keep_session); end if;
  return v_code;
end $$;

-- Where a person stands, and until when a ban lasts (null: for ever). Nobody bans the host.
create or replace function app.standing(p_principal uuid, p_stream uuid)
returns table (role text, banned boolean, until timestamptz)
language sql stable security definer set search_path = '' as $$
  select app.role_of(p_stream, p_principal), b.stream_id is not null, b.until
  from (select) x left join app.stream_ban b on b.stream_id = p_stream and b.principal_id = p_principal
    and app.is_banned(p_stream, p_principal)
$$;

-- Everything that decides about a socket, for many at once, in the order asked. `seen` is the newest revocation this
-- answer already knows of: one statement, one moment.
create or replace function app.admissions(p_session text[], p_stream uuid[], p_now timestamptz)
returns table (
  id uuid, kind text, name text, can_host boolean, email text, has_password boolean, role text, banned boolean,
  seen bigint
) language sql stable security definer set search_path = '' as $$
  select p.id, p.kind, p.name, coalesce(a.can_host, false), a.email, a.password_hash is not null,
    case when t.host_id = p.id then 'host' when m.stream_id is not null then 'moderator' else 'viewer' end,
    b.stream_id is not null and t.host_id <> p.id,
    c.last_seq
  from unnest(p_session, p_stream) with ordinality as q (session, stream_id, nr)
  cross join app.revocation_counter c
  left join app.session s on s.id = q.session and s.expires_at > p_now
  left join app.principal p on p.id = s.principal_id
  left join app.account a on a.id = p.id
  left join app.stream t on t.id = q.stream_id
  left join app.stream_moderator m on m.stream_id = t.id and m.principal_id = p.id
  left join app.stream_ban b on b.stream_id = t.id and b.principal_id = p.id and (b.until is null or b.until > now())
  order by q.nr
$$;

-- The answer of an act that wrote no entry.
create or replace function app.done() returns app.placed
language sql volatile set search_path = '' as $$
  select row ('done', null, null, null, null, clock_timestamp())::app.placed
$$;

-- Whatever a right allows takes the lock of the room, and so does whatever ends that right: who waited for the lock
-- looks at the tables after the end. A ban ends private sends too, and those lock the thread and the inbox.
create or replace function app.lock_standing(p_stream uuid, p_target uuid) returns void
language sql set search_path = '' as $$
  select from app.log l
  where l.stream_id = p_stream
    and (l.kind in ('room', 'inbox') or (l.kind = 'thread' and l.audience = p_target))
  order by l.id for update
$$;

-- What stops the actor from banning or unbanning somebody: host and moderators judge viewers, the host moderators
-- too, nobody the host.
create or replace function app.may_judge(p_stream uuid, p_target uuid) returns text
language sql stable set search_path = '' as $$
  select case
    when x.barred is not null then x.barred
    when x.role = 'viewer' then 'not_allowed'
    when not exists (select from app.principal p where p.id = p_target) then 'not_found'
    when x.target_role = 'host' or (x.target_role = 'moderator' and x.role <> 'host') then 'not_allowed'
  end
  from (select app.barred(p_stream) as barred, app.role_of(p_stream, app.pid()) as role,
    app.role_of(p_stream, p_target) as target_role) x
$$;

-- `p_seconds` null: for ever. A later ban replaces the former one, in either direction; one that ends within ten
-- seconds of it is the same one, sent again.
create or replace function app.act_ban(p_stream uuid, p_target uuid, p_seconds int) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare
  v_code text;
  v_until timestamptz;
begin
  perform app.lock_standing(p_stream, p_target);
  v_code := app.may_judge(p_stream, p_target);
  if v_code is null and p_seconds not between 10 and 1209600 then v_code := 'bad_request'; end if;
  if v_code is not null then return next app.refused(v_code); return; end if;
  v_until := clock_timestamp() + p_seconds * interval '1 s';
  insert into app.stream_ban as b (stream_id, principal_id, until) values (p_stream, p_target, v_until)
  on conflict (stream_id, principal_id) do update set until = v_until, created_at = now()
  where not coalesce(b.until between v_until - interval '10 s' and v_until, b.until is null and v_until is null);
  if not found then return next app.refused('dup'); return; end if;
  perform app.revoke(p_target, p_stream, null, null, 'ban');
  return next app.done();
end $$;

create or replace function app.act_unban(p_stream uuid, p_target uuid) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare
  v_code text;
  v_was boolean;
begin
  perform app.lock_standing(p_stream, p_target);
  v_code := app.may_judge(p_stream, p_target);
  if v_code is not null then return next app.refused(v_code); return; end if;
  v_was := app.is_banned(p_stream, p_target);
  delete from app.stream_ban b where b.stream_id = p_stream and b.principal_id = p_target;
  if v_was then return next app.done(); else return next app.refused('dup'); end if;
end $$;

-- What stops the actor from making somebody a moderator, or from ending it.
create or replace function app.may_appoint(p_stream uuid, p_target uuid) returns text
language sql stable set search_path = '' as $$
  select case
    when x.barred is not null then x.barred
    when app.role_of(p_stream, app.pid()) <> 'host' then 'not_allowed'
    when not exists (select from app.principal p where p.id = p_target) then 'not_found'
    when p_target = app.pid() then 'not_allowed'
  end
  from (select app.barred(p_stream) as barred) x
$$;

create or replace function app.act_appoint(p_stream uuid, p_target uuid) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare v_code text;
begin
  perform app.lock_standing(p_stream, p_target);
  v_code := app.may_appoint(p_stream, p_target);
  if v_code is not null then return next app.refused(v_code); return; end if;
  insert into app.stream_moderator (stream_id, principal_id) values (p_stream, p_target) on conflict do nothing;
  if not found then return next app.refused('dup'); return; end if;
  perform app.revoke(p_target, p_stream, null, null, 'role');
  return next app.done();
end $$;

create or replace function app.act_dismiss(p_stream uuid, p_target uuid) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare v_code text;
begin
  perform app.lock_standing(p_stream, p_target);
  v_code := app.may_appoint(p_stream, p_target);
  if v_code is not null then return next app.refused(v_code); return; end if;
  delete from app.stream_moderator m where m.stream_id = p_stream and m.principal_id = p_target;
  if not found then return next app.refused('dup'); return; end if;
  perform app.revoke(p_target, p_stream, null, null, 'role');
  return next app.done();
end $$;

-- The acts of a moderator again, now with the right read after the lock: a dismissal or a ban that commits while
-- they wait for it is one they see.
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
  perform app.lock_logs(p_stream, m.viewer_id);
  v_barred := app.barred(p_stream);
  v_role := app.role_of(p_stream, app.pid());
  if v_barred is null and m.sender_id <> app.pid() and v_role <> 'host'
    and not (v_role = 'moderator' and m.viewer_id is null) then v_barred := 'not_allowed'; end if;
  if v_barred is not null then return next app.refused(v_barred); return; end if;
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
  v_barred text;
  v_ver bigint;
  m app.message;
begin
  perform app.lock_logs(p_stream, null);
  v_barred := app.barred(p_stream);
  if v_barred is null and app.role_of(p_stream, app.pid()) = 'viewer' then v_barred := 'not_allowed'; end if;
  if v_barred is not null then return next app.refused(v_barred); return; end if;
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
  v_barred text;
  v_ver bigint;
begin
  perform app.lock_logs(p_stream, null);
  v_barred := app.barred(p_stream);
  if v_barred is null and app.role_of(p_stream, app.pid()) = 'viewer' then v_barred := 'not_allowed'; end if;
  if v_barred is not null then return next app.refused(v_barred); return; end if;
  update app.pin p set message_id = null, ver = p.ver + 1
  where p.stream_id = p_stream and p.message_id is not null returning p.ver into v_ver;
  if not found then return next app.refused('dup'); return; end if;
  return next app.enter(p_stream, 'room', p_stream, 'unpinned', null, jsonb_build_object('ver', v_ver));
end $$;

grant execute on function
  app.revocations(bigint), app.update_person(uuid, text, text, text, text), app.standing(uuid, uuid),
  app.admissions(text[], uuid[], timestamptz),
  app.act_ban(uuid, uuid, int), app.act_unban(uuid, uuid), app.act_appoint(uuid, uuid), app.act_dismiss(uuid, uuid)
to stagedoor_app;
