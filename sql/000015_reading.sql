-- What is read over HTTP: positions by time, how fresh a login is, what staff may know of a person, what a person
-- may take along; and the end of a stream or of a person. Reading is under the policies wherever they reach; what
-- lies in tables that the server's role cannot see comes from functions that look at who asks.
set local role stagedoor_owner;

-- Sessions of before count as old: nobody gets fifteen minutes by an upgrade.
alter table app.session add column if not exists created_at timestamptz not null default '-infinity';
alter table app.session alter column created_at set default clock_timestamp();

create or replace function app.session_recent(p_id text, p_seconds int) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from app.session s
    where s.id = p_id and s.created_at > clock_timestamp() - p_seconds * interval '1 s')
$$;

-- Where a message is in the one log it is in for its reader. (`inbox_seq` stays hidden: it counts the others'.)
grant select (seq) on app.message to stagedoor_app;

create or replace function app.ms(p_at timestamptz) returns bigint
language sql immutable set search_path = '' as $$ select floor(extract(epoch from p_at) * 1000)::bigint $$;

-- The last seq of the room that is not later than a time; 0 when there is none, or when the room is not the
-- caller's. Times never decrease in a log, so halving finds it. Under the policies of whoever asks.
create or replace function app.seq_at(p_stream uuid, p_at timestamptz) returns bigint
language plpgsql stable set search_path = '' as $$
declare
  v_log uuid;
  v_low bigint := 0;
  v_high bigint;
  v_middle bigint;
begin
  select l.id, l.last_seq into v_log, v_high from app.log l
  where l.stream_id = p_stream and l.kind = 'room' and l.audience = p_stream;
  while v_low < v_high loop
    v_middle := (v_low + v_high + 1) / 2;
    if exists (select from app.entry e where e.log_id = v_log and e.seq = v_middle and e.at <= p_at)
    then v_low := v_middle; else v_high := v_middle - 1; end if;
  end loop;
  return v_low;
end $$;

-- ---- what staff may know of a person --------------------------------------------------------------------

create or replace function app.named(p_id uuid) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('id', p.id, 'name', p.name) from app.principal p where p.id = p_id
$$;

-- Whether somebody is known in this stream to the one who asks. Whoever only ever whispered is known to the host
-- alone: a moderator must not learn that there is a thread.
create or replace function app.met(p_stream uuid, p_person uuid) returns boolean
language sql stable set search_path = '' as $$
  select app.role_of(p_stream, p_person) <> 'viewer'
    or exists (select from app.message m
      where m.stream_id = p_stream and m.sender_id = p_person and m.viewer_id is null)
    or exists (select from app.held h where h.stream_id = p_stream and h.sender_id = p_person)
    or exists (select from app.stream_ban b where b.stream_id = p_stream and b.principal_id = p_person)
    or exists (select from app.stream_timeout t where t.stream_id = p_stream and t.principal_id = p_person)
    or exists (select from app.person_note n where n.stream_id = p_stream and n.principal_id = p_person)
    or exists (
      select from app.stream s where s.id = p_stream and s.host_id = app.pid() and (
        exists (select from app.log l
          where l.stream_id = p_stream and l.kind = 'thread' and l.audience = p_person and l.last_seq > 0)
        or exists (select from app.host_block k where k.host_id = s.host_id and k.principal_id = p_person)
        or exists (select from app.host_member k where k.host_id = s.host_id and k.principal_id = p_person)))
$$;

-- Null for who has no backstage here and for who is not known here: both answer like a random id.
create or replace function app.person_card(p_stream uuid, p_person uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'person', jsonb_build_object('id', p.id, 'name', p.name, 'guest', p.kind = 'guest'),
    'since', app.ms(p.created_at),
    'role', app.role_of(p_stream, p_person),
    'formerNames', coalesce((
      select jsonb_agg(jsonb_build_object('name', f.name, 'until', app.ms(f.until)) order by f.until desc)
      from app.former_name f where f.principal_id = p_person), '[]'),
    'ban', (
      select jsonb_build_object('until', app.ms(b.until), 'reason', b.reason, 'by', app.named(b.by_id),
        'at', app.ms(b.created_at))
      from app.stream_ban b where b.stream_id = p_stream and b.principal_id = p_person
        and (b.until is null or b.until > now())),
    'timeout', (
      select jsonb_build_object('until', app.ms(t.until), 'reason', t.reason, 'by', app.named(t.by_id),
        'at', app.ms(t.created_at))
      from app.stream_timeout t where t.stream_id = p_stream and t.principal_id = p_person and t.until > now()),
    'member', exists (
      select from app.host_member k where k.host_id = s.host_id and k.principal_id = p_person
        and (k.until is null or k.until > now())),
    'notes', coalesce((
      select jsonb_agg(jsonb_build_object('by', jsonb_build_object('id', n.by_id, 'name', n.by_name),
        'text', n.text, 'at', app.ms(n.at)) order by n.at desc)
      from (select * from app.person_note n where n.stream_id = p_stream and n.principal_id = p_person
        order by n.at desc limit 100) n), '[]'),
    'messages', coalesce((
      select jsonb_agg(to_jsonb(w) order by w.at desc, w.id) from (
        select m.id, m.seq, app.ms(m.sent_at) as at, coalesce(m.text, r.text) as text,
          case when m.deleted_at is null then 'visible' else 'deleted' end as state
        from app.message m
        left join app.removed r on r.message_id = m.id and r.removed_at > now() - interval '30 days'
        where m.stream_id = p_stream and m.sender_id = p_person and m.viewer_id is null
        union all
        select h.id, null, app.ms(h.held_at), h.text, case h.verdict when 'open' then 'held' else 'rejected' end
        from app.held h
        where h.stream_id = p_stream and h.sender_id = p_person and h.verdict <> 'approved'
        order by at desc, id limit 100) w), '[]'),
    'reports', coalesce((
      select jsonb_agg(jsonb_build_object('message', o.message_id,
        'by', jsonb_build_object('id', o.reporter_id, 'name', o.reporter_name),
        'reason', o.reason, 'note', o.note, 'at', app.ms(o.at), 'resolved', o.resolved_at is not null)
        order by o.at desc)
      from (select o.* from app.report o join app.message m on m.id = o.message_id
        where m.stream_id = p_stream and m.sender_id = p_person and m.viewer_id is null
        order by o.at desc limit 100) o), '[]'))
    || case when s.host_id = app.pid() then jsonb_build_object('blocked', exists (
      select from app.host_block k where k.host_id = s.host_id and k.principal_id = p_person))
      else '{}' end
  from app.stream s join app.principal p on p.id = p_person
  where s.id = p_stream and s.id in (select app.my_backstages()) and app.met(p_stream, p_person)
$$;

-- The newest 1,000 of each list. Null for who has no backstage here.
create or replace function app.team(p_stream uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'moderators', coalesce((
      select jsonb_agg(app.named(m.id) || jsonb_build_object('everywhere', m.everywhere) order by m.id) from (
        select k.id, bool_or(k.everywhere) as everywhere from (
          select x.principal_id as id, false as everywhere from app.stream_moderator x where x.stream_id = p_stream
          union all select x.principal_id, true from app.host_moderator x where x.host_id = s.host_id) k
        group by k.id) m), '[]'),
    'bans', coalesce((
      select jsonb_agg(app.named(b.principal_id) || jsonb_build_object('until', app.ms(b.until),
        'reason', b.reason, 'by', app.named(b.by_id), 'at', app.ms(b.created_at)) order by b.created_at desc)
      from (select * from app.stream_ban b where b.stream_id = p_stream and (b.until is null or b.until > now())
        order by b.created_at desc limit 1000) b), '[]'),
    'timeouts', coalesce((
      select jsonb_agg(app.named(t.principal_id) || jsonb_build_object('until', app.ms(t.until),
        'reason', t.reason, 'by', app.named(t.by_id), 'at', app.ms(t.created_at)) order by t.created_at desc)
      from (select * from app.stream_timeout t where t.stream_id = p_stream and t.until > now()
        order by t.created_at desc limit 1000) t), '[]'))
    || case when s.host_id = app.pid() then jsonb_build_object(
      'blocked', coalesce((
        select jsonb_agg(app.named(k.principal_id) || jsonb_build_object('at', app.ms(k.created_at))
          order by k.created_at desc)
        from (select * from app.host_block k where k.host_id = s.host_id
          order by k.created_at desc limit 1000) k), '[]'),
      'members', coalesce((
        select jsonb_agg(app.named(k.principal_id) || jsonb_build_object('until', app.ms(k.until))
          order by k.principal_id)
        from (select * from app.host_member k where k.host_id = s.host_id and (k.until is null or k.until > now())
          order by k.principal_id limit 1000) k), '[]'))
      else '{}' end
  from app.stream s where s.id = p_stream and s.id in (select app.my_backstages())
$$;

-- ---- what a person takes along: its own, also where it is banned ------------------------------------------

create or replace function app.my_profile() returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'id', p.id, 'name', p.name, 'kind', p.kind, 'since', app.ms(p.created_at), 'email', a.email,
    'formerNames', coalesce((
      select jsonb_agg(jsonb_build_object('name', f.name, 'until', app.ms(f.until)) order by f.until)
      from app.former_name f where f.principal_id = p.id), '[]'),
    'sessions', coalesce((
      select jsonb_agg(jsonb_build_object('begun', case when isfinite(s.created_at) then app.ms(s.created_at) end,
        'expires', app.ms(s.expires_at)) order by s.created_at)
      from app.session s where s.principal_id = p.id), '[]'),
    'hosts', coalesce((select jsonb_agg(s.slug order by s.created_at) from app.stream s where s.host_id = p.id), '[]'),
    'moderates', coalesce((
      select jsonb_agg(s.slug order by s.created_at) from app.stream_moderator m
      join app.stream s on s.id = m.stream_id where m.principal_id = p.id), '[]'),
    'bans', coalesce((
      select jsonb_agg(jsonb_build_object('stream', s.slug, 'until', app.ms(b.until), 'reason', b.reason))
      from app.stream_ban b join app.stream s on s.id = b.stream_id where b.principal_id = p.id), '[]'))
  from app.principal p left join app.account a on a.id = p.id where p.id = app.pid()
$$;

-- Pages by the index each list has, so that a long life is read once.
create or replace function app.my_sent(p_after uuid, p_count int)
returns table (cursor uuid, line jsonb) language sql stable security definer set search_path = '' as $$
  select m.cmid, jsonb_build_object('stream', s.slug, 'log', case when m.viewer_id is null then 'room' else 'thread' end,
    'to', case when m.viewer_id <> m.sender_id then app.named(m.viewer_id) end,
    'id', m.id, 'seq', m.seq, 'at', app.ms(m.sent_at), 'as', m.sender_name, 'text', m.text)
  from app.message m join app.stream s on s.id = m.stream_id
  where m.sender_id = app.pid() and (p_after is null or m.cmid > p_after)
  order by m.cmid limit p_count
$$;

-- `p_kind`: `whispered` (what the others wrote in my threads) or `notice`.
create or replace function app.my_received(p_kind text, p_log uuid, p_seq bigint, p_count int)
returns table (log uuid, seq bigint, line jsonb) language sql stable security definer set search_path = '' as $$
  select e.log_id, e.seq, jsonb_build_object('stream', s.slug, 'seq', e.seq, 'at', app.ms(e.at)) ||
    case when e.kind = 'notice' then jsonb_build_object('notice', e.data)
    else jsonb_build_object('id', m.id, 'from', jsonb_build_object('id', m.sender_id, 'name', m.sender_name),
      'text', m.text) end
  from app.log l join app.entry e on e.log_id = l.id join app.stream s on s.id = l.stream_id
  left join app.message m on m.id = e.message_id
  where l.viewer_id = app.pid() and l.kind = 'thread' and e.kind = p_kind
    and (e.kind = 'notice' or m.sender_id <> app.pid())
    and (p_log is null or (l.id, e.seq) > (p_log, p_seq))
  order by e.log_id, e.seq limit p_count
$$;

create or replace function app.my_held(p_after uuid, p_count int)
returns table (cursor uuid, line jsonb) language sql stable security definer set search_path = '' as $$
  select h.cmid, jsonb_build_object('stream', s.slug, 'id', h.id, 'at', app.ms(h.held_at), 'text', h.text,
    'verdict', h.verdict)
  from app.held h join app.stream s on s.id = h.stream_id
  where h.sender_id = app.pid() and (p_after is null or h.cmid > p_after)
  order by h.cmid limit p_count
$$;

create or replace function app.my_reports(p_after uuid, p_count int)
returns table (cursor uuid, line jsonb) language sql stable security definer set search_path = '' as $$
  select r.message_id, jsonb_build_object('stream', s.slug, 'message', r.message_id, 'at', app.ms(r.at),
    'reason', r.reason, 'note', r.note)
  from app.report r join app.stream s on s.id = r.stream_id
  where r.reporter_id = app.pid() and (p_after is null or r.message_id > p_after)
  order by r.message_id limit p_count
$$;

grant execute on function
  app.session_recent(text, int), app.ms(timestamptz), app.seq_at(uuid, timestamptz),
  app.person_card(uuid, uuid), app.team(uuid), app.my_profile(), app.my_sent(uuid, int),
  app.my_received(text, uuid, bigint, int), app.my_held(uuid, int), app.my_reports(uuid, int)
to stagedoor_app;

-- ---- the end of a stream, the end of a person ------------------------------------------------------------

-- Erasing a stream deletes messages, and a foreign key without an index makes every deleted one look through all
-- entries there are. An index would cost every append; the functions write both sides together and erase entries
-- first, so the key goes. What few rows have gets its index.
alter table app.entry drop constraint if exists entry_message_id_fkey;
create index if not exists message_reply on app.message (reply_to) where reply_to is not null;
create index if not exists held_reply on app.held (reply_to) where reply_to is not null;

-- One step of at most `p_count` rows, because a long show is more than one statement may take. `more`: call again;
-- null: gone; else the refusal. The chat is closed from the first step on. Logs are locked before the stream, as
-- everywhere.
create or replace function app.erase_stream(p_stream uuid, p_count int) returns text
language plpgsql security definer set search_path = '' as $$
declare s app.stream;
begin
  perform from app.log l where l.stream_id = p_stream order by l.id for update;
  select * into s from app.stream x where x.id = p_stream for update;
  if s.host_id is distinct from app.pid() or s.id is null then return 'not_found'; end if;
  if s.state = 'live' then return 'wrong_state'; end if;
  update app.stream x set state = 'ended', ended_at = now() - interval '1 day' where x.id = p_stream;

  delete from app.entry e using (
    select x.log_id, x.seq from app.log l join app.entry x on x.log_id = l.id
    where l.stream_id = p_stream limit p_count) d
  where e.log_id = d.log_id and e.seq = d.seq;
  if found then return 'more'; end if;

  delete from app.pin x where x.stream_id = p_stream;
  delete from app.report x where x.stream_id = p_stream;
  delete from app.removed x where x.stream_id = p_stream;
  delete from app.held x where x.stream_id = p_stream;
  update app.message m set reply_to = null where m.stream_id = p_stream and m.reply_to is not null;
  delete from app.message m where m.id in (
    select x.id from app.message x where x.stream_id = p_stream limit p_count);
  if found then return 'more'; end if;

  delete from app.person_note x where x.stream_id = p_stream;
  delete from app.stream_timeout x where x.stream_id = p_stream;
  delete from app.stream_ban x where x.stream_id = p_stream;
  delete from app.stream_moderator x where x.stream_id = p_stream;
  delete from app.reaction_tally x where x.stream_id = p_stream;
  delete from app.log x where x.stream_id = p_stream;
  delete from app.stream x where x.id = p_stream;
  return null;
end $$;

-- Tombstones for many messages of one locked log at once.
create or replace function app.enter_deleted(p_stream uuid, p_kind text, p_audience uuid, p_messages uuid[])
returns void language plpgsql set search_path = '' as $$
declare
  v_log app.log;
  v_count int := coalesce(cardinality(p_messages), 0);
begin
  if v_count = 0 then return; end if;
  update app.log l set last_seq = l.last_seq + v_count,
    last_at = greatest(date_trunc('milliseconds', clock_timestamp()), l.last_at)
  where l.stream_id = p_stream and l.kind = p_kind and l.audience = p_audience
  returning * into strict v_log;
  insert into app.entry (log_id, seq, kind, message_id, at)
  select v_log.id, v_log.last_seq - v_count + d.i, 'deleted', d.id, v_log.last_at
  from unnest(p_messages) with ordinality as d (id, i);
end $$;

-- One step of the end of the asking person: at most `p_count` messages of one stream become tombstones, for all
-- who read them. A hash of the text would still tell what a short one said, so an empty one stands for erased.
create or replace function app.erase_my_messages(p_count int) returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  v_me uuid := app.pid();
  v_stream uuid;
  v_all uuid[];
  v_public uuid[];
  v_private uuid[];
begin
  select m.stream_id into v_stream from app.message m where m.sender_id = v_me and m.body_sha <> '' limit 1;
  if not found then return false; end if;
  perform from app.log l
  where l.stream_id = v_stream and (l.kind in ('room', 'inbox') or (l.kind = 'thread' and l.audience = v_me))
  order by l.id for update;
  select array_agg(d.id), array_agg(d.id) filter (where d.text is not null and d.viewer_id is null),
    array_agg(d.id) filter (where d.text is not null and d.viewer_id is not null)
  into v_all, v_public, v_private
  from (select m.id, m.text, m.viewer_id from app.message m
    where m.sender_id = v_me and m.stream_id = v_stream and m.body_sha <> '' order by m.seq limit p_count) d;
  update app.message m set text = null, deleted_at = coalesce(m.deleted_at, now()),
    deleted_by = coalesce(m.deleted_by, v_me), body_sha = '', fold_sha = null, sender_name = 'Deleted person'
  where m.id = any (v_all);
  delete from app.removed r where r.message_id = any (v_all);
  perform app.enter_deleted(v_stream, 'room', v_stream, v_public);
  perform app.enter_deleted(v_stream, 'thread', v_me, v_private);
  perform app.enter_deleted(v_stream, 'inbox', v_stream, v_private);
  update app.pin p set message_id = null, ver = p.ver + 1
  where p.stream_id = v_stream and p.message_id = any (v_public);
  if found then
    perform app.enter(v_stream, 'room', v_stream, 'unpinned', null,
      (select jsonb_build_object('ver', p.ver) from app.pin p where p.stream_id = v_stream));
  end if;
  return true;
end $$;

-- The asking person ends. Its id stays, because others' logs point at it; what it was called and said does not.
-- `more`: it has messages left; `wrong_state`: it has streams. Done again it changes nothing.
create or replace function app.erase_me() returns text
language plpgsql security definer set search_path = '' as $$
declare
  v_me uuid := app.pid();
  v_name constant text := 'Deleted person';
  h app.held;
begin
  perform from app.principal p where p.id = v_me for no key update;
  if not found then return 'not_found'; end if;
  if exists (select from app.stream s where s.host_id = v_me) then return 'wrong_state'; end if;
  if exists (select from app.message m where m.sender_id = v_me and m.body_sha <> '') then return 'more'; end if;

  perform from app.log l where l.kind = 'backstage' and l.stream_id in (
    select x.stream_id from app.held x where x.sender_id = v_me and x.verdict = 'open') order by l.id for update;
  for h in select * from app.held x where x.sender_id = v_me and x.verdict = 'open' order by x.held_at loop
    perform app.enter(h.stream_id, 'backstage', h.stream_id, 'settled', null, jsonb_build_object(
      'target', h.id, 'verdict', 'rejected', 'by', jsonb_build_object('id', v_me, 'name', v_name)));
  end loop;
  update app.held x set text = null, sender_name = v_name, body_sha = '', fold_sha = null, matched = null,
    decided_by = case x.verdict when 'open' then v_me else x.decided_by end,
    decided_at = coalesce(x.decided_at, now()),
    verdict = case x.verdict when 'open' then 'rejected' else x.verdict end
  where x.sender_id = v_me;
  update app.report r set reporter_name = v_name, note = null where r.reporter_id = v_me;
  update app.person_note n set by_name = v_name where n.by_id = v_me;
  delete from app.person_note n where n.principal_id = v_me;
  update app.entry e set data = jsonb_set(
    case e.kind when 'reported' then jsonb_set(e.data, '{note}', 'null') else e.data end,
    '{by,name}', to_jsonb(v_name))
  from app.log l where l.id = e.log_id and l.kind = 'backstage' and e.data #>> '{by,id}' = v_me::text;
  update app.entry e set data = jsonb_set(
    case when e.data -> 'deed' ? 'reason' then jsonb_set(e.data, '{deed,reason}', 'null') else e.data end,
    '{deed,target,name}', to_jsonb(v_name))
  from app.log l where l.id = e.log_id and l.kind = 'backstage' and e.data #>> '{deed,target,id}' = v_me::text;

  update app.entry e set data = jsonb_set(e.data, '{reason}', 'null')
  from app.log l where l.id = e.log_id and l.viewer_id = v_me and e.kind = 'notice' and e.data ->> 'reason' is not null;

  delete from app.former_name x where x.principal_id = v_me;
  delete from app.stream_moderator x where x.principal_id = v_me;
  delete from app.stream_timeout x where x.principal_id = v_me;
  delete from app.stream_ban x where x.principal_id = v_me;
  delete from app.host_moderator x where v_me in (x.principal_id, x.host_id);
  delete from app.host_block x where v_me in (x.principal_id, x.host_id);
  delete from app.host_member x where v_me in (x.principal_id, x.host_id);
  delete from app.host_terms x where x.host_id = v_me;
  delete from app.invite x where x.by_id = v_me and x.used_by is null;
  delete from app.login_link x where x.principal_id = v_me;
  delete from app.account x where x.id = v_me;
  update app.principal p set name = v_name, kind = 'guest', skeleton = null where p.id = v_me;
  -- The last lock of all is that of the revocations.
  perform app.end_sessions(v_me, null);
  return null;
end $$;

grant execute on function
  app.erase_stream(uuid, int), app.erase_my_messages(int), app.erase_me()
to stagedoor_app;
