-- Gates: who may watch a stream at all. One rule, app.gate_refusal; admissions, standings, acts, sends and the policies
-- of everything that is read ask it. The server asks the same of its own table, and a test holds the two together.
set local role stagedoor_owner;

alter table app.stream add column if not exists gate text not null default 'public';
-- What was granted under an earlier number counts no longer: a changed passphrase, a link that was reset, another gate.
alter table app.stream add column if not exists gate_rev int not null default 1;
alter table app.stream drop constraint if exists stream_gate;
alter table app.stream add constraint stream_gate
  check (gate in ('public', 'unlisted', 'passphrase', 'invite', 'accounts', 'members'));
create index if not exists stream_gated on app.stream (id) where gate not in ('public', 'unlisted');

-- Apart from app.stream, whose rows the server's role reads whole. Of an invite link nothing is stored: the server
-- works its secret out of its own key, the stream and the number above.
create table if not exists app.stream_passphrase (
  stream_id uuid primary key references app.stream (id) on delete cascade,
  -- argon2id
  hash text not null
);
-- Who gave the passphrase or brought the link.
create table if not exists app.stream_admission (
  stream_id uuid not null references app.stream (id) on delete cascade,
  principal_id uuid not null references app.principal (id),
  gate_rev int not null,
  primary key (stream_id, principal_id)
);
create index if not exists stream_admission_principal on app.stream_admission (principal_id);

do $$ declare t text; begin
  foreach t in array array['stream_passphrase', 'stream_admission'] loop
    execute format('alter table app.%I enable row level security', t);
    execute format('alter table app.%I force row level security', t);
    execute format('drop policy if exists by_function on app.%I', t);
    execute format('create policy by_function on app.%I to stagedoor_owner using (true) with check (true)', t);
  end loop;
end $$;

-- ---- the rule ----------------------------------------------------------------------------------------------------

-- What keeps somebody (null: nobody in particular) out of a stream, bans aside; null when nothing does. Of an unknown
-- stream too: that there is none is for others to say.
create or replace function app.gate_refusal(p_stream uuid, p_person uuid) returns text
language sql stable security definer set search_path = '' as $$
  select case
    when s.gate in ('public', 'unlisted') then null
    when app.role_of(s.id, p_person) <> 'viewer' then null
    when s.gate = 'accounts' then
      case when not exists (select from app.principal p where p.id = p_person and p.kind = 'account')
        then 'account_needed' end
    when s.gate = 'members' then
      case when not app.is_member(s.host_id, p_person, clock_timestamp()) then 'membership_needed' end
    when exists (select from app.stream_admission a
      where a.stream_id = s.id and a.principal_id = p_person and a.gate_rev = s.gate_rev) then null
    when s.gate = 'passphrase' then 'passphrase_needed'
    else 'link_needed' end
  from app.stream s where s.id = p_stream
$$;

create or replace function app.may_watch(p_person uuid, p_stream uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (select from app.stream s where s.id = p_stream)
    and not app.is_banned(p_stream, p_person) and app.gate_refusal(p_stream, p_person) is null
$$;

-- ---- reading -----------------------------------------------------------------------------------------------------

-- Streams that are closed to the current person, by a ban or by their gate. Set-returning, so that a policy evaluates it
-- once per query and not once per row. The rule of app.gate_refusal for all gated streams at once: asked stream by
-- stream, a hundred of them made a page of the room many times as slow. A test holds the two spellings together.
create or replace function app.my_closed() returns setof uuid
language plpgsql stable security definer set search_path = '' as $$
declare
  v_me uuid := app.pid();
  v_kind text;
begin
  return query select app.my_bans();
  if not exists (select from app.stream s where s.gate not in ('public', 'unlisted')) then return; end if;
  select p.kind into v_kind from app.principal p where p.id = v_me;
  return query
  select s.id from app.stream s
  left join app.stream_moderator m on m.stream_id = s.id and m.principal_id = v_me
  left join app.host_moderator h on h.host_id = s.host_id and h.principal_id = v_me
  left join app.host_member e on e.host_id = s.host_id and e.principal_id = v_me
    and (e.until is null or e.until > clock_timestamp())
  left join app.stream_admission a on a.stream_id = s.id and a.principal_id = v_me and a.gate_rev = s.gate_rev
  where s.gate not in ('public', 'unlisted') and s.host_id is distinct from v_me
    and m.stream_id is null and h.host_id is null
    and case s.gate when 'accounts' then v_kind is distinct from 'account'
      when 'members' then e.host_id is null else a.stream_id is null end;
end $$;

drop policy if exists log_read on app.log;
create policy log_read on app.log for select to stagedoor_app using (
  ((kind = 'room' or viewer_id = (select app.pid())) and stream_id <> all (array(select app.my_closed())))
  or stream_id = any (array(select app.my_hosted()))
  or (kind = 'backstage' and stream_id = any (array(select app.my_backstages()))));

drop policy if exists message_read on app.message;
create policy message_read on app.message for select to stagedoor_app using (
  (viewer_id is null or viewer_id = (select app.pid()) or stream_id = any (array(select app.my_hosted())))
  and (stream_id <> all (array(select app.my_closed())) or stream_id = any (array(select app.my_hosted()))));

drop policy if exists held_read on app.held;
create policy held_read on app.held for select to stagedoor_app using (
  stream_id = any (array(select app.my_backstages()))
  or (sender_id = (select app.pid()) and stream_id <> all (array(select app.my_closed()))));

do $$ declare t text; begin
  foreach t in array array['pin', 'reaction_tally'] loop
    execute format('drop policy if exists %I on app.%I', t || '_read', t);
    execute format('create policy %I on app.%I for select to stagedoor_app using (
      stream_id <> all (array(select app.my_closed())) or stream_id = any (array(select app.my_hosted())))',
      t || '_read', t);
  end loop;
end $$;

create or replace function app.sees(p_message app.message) returns boolean
language sql stable set search_path = '' as $$
  select p_message.id is not null
    and (p_message.viewer_id is null or p_message.viewer_id = app.pid()
      or app.role_of(p_message.stream_id, app.pid()) = 'host')
    and app.may_watch(app.pid(), p_message.stream_id)
$$;

-- ---- standing and acting -----------------------------------------------------------------------------------------

create or replace function app.barred(p_stream uuid) returns text
language sql stable set search_path = '' as $$
  select case
    when not exists (select from app.stream s where s.id = p_stream) then 'not_found'
    when app.pid() is null then 'not_allowed'
    when app.is_banned(p_stream, app.pid()) then 'banned'
    else app.gate_refusal(p_stream, app.pid())
  end
$$;

-- Under a name of its own, like app.seats below: a node of the version before still calls app.stands and
-- app.admissions. It knows no gates, so it hears of whoever does not pass one that they are banned.
create or replace function app.stands_at(p_principal uuid, p_stream uuid)
returns table (role text, banned boolean, until timestamptz, reason text, refused text)
language sql stable security definer set search_path = '' as $$
  select app.role_of(p_stream, p_principal), b.stream_id is not null, b.until, b.reason,
    app.gate_refusal(p_stream, p_principal)
  from (select) x left join app.stream_ban b on b.stream_id = p_stream and b.principal_id = p_principal
    and app.is_banned(p_stream, p_principal)
$$;
create or replace function app.stands(p_principal uuid, p_stream uuid)
returns table (role text, banned boolean, until timestamptz, reason text)
language sql stable security definer set search_path = '' as $$
  select s.role, s.banned or s.refused is not null, s.until, s.reason from app.stands_at(p_principal, p_stream) s
$$;

-- Everything that decides about a socket, for many at once, in the order asked. Without a session: what holds for
-- nobody in particular. `seen`: the newest revocation this answer knows of; one statement, one moment.
create or replace function app.seats(p_session text[], p_stream uuid[], p_now timestamptz)
returns table (
  id uuid, kind text, name text, can_host boolean, email text, has_password boolean, role text, banned boolean,
  refused text, seen bigint
) language plpgsql stable security definer set search_path = ''
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off
set enable_mergejoin = off set jit = off as $$
#variable_conflict use_column
begin
  return query
  select p.id, p.kind, p.name, coalesce(a.can_host, false), a.email, a.password_hash is not null,
    case when t.host_id = p.id then 'host'
      when m.stream_id is not null or h.host_id is not null then 'moderator' else 'viewer' end,
    b.stream_id is not null and t.host_id <> p.id,
    -- Most streams have no gate, and then nothing is looked up.
    case when t.gate not in ('public', 'unlisted') then app.gate_refusal(t.id, p.id) end,
    c.last_seq
  from unnest(p_session, p_stream) with ordinality as q (session, stream_id, nr)
  cross join app.revocation_counter c
  left join app.session s on s.id = q.session and s.expires_at > p_now
  left join app.principal p on p.id = s.principal_id
  left join app.account a on a.id = p.id
  left join app.stream t on t.id = q.stream_id
  left join app.stream_moderator m on m.stream_id = t.id and m.principal_id = p.id
  left join app.host_moderator h on h.host_id = t.host_id and h.principal_id = p.id
  left join app.stream_ban b on b.stream_id = t.id and b.principal_id = p.id and (b.until is null or b.until > now())
  order by q.nr;
end
$$;
create or replace function app.admissions(p_session text[], p_stream uuid[], p_now timestamptz)
returns table (
  id uuid, kind text, name text, can_host boolean, email text, has_password boolean, role text, banned boolean,
  seen bigint
) language plpgsql stable security definer set search_path = ''
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off
set enable_mergejoin = off set jit = off as $$
#variable_conflict use_column
begin
  return query
  select s.id, s.kind, s.name, s.can_host, s.email, s.has_password, s.role, s.banned or s.refused is not null, s.seen
  from app.seats(p_session, p_stream, p_now) with ordinality as s (
    id, kind, name, can_host, email, has_password, role, banned, refused, seen, nr)
  order by s.nr;
end
$$;

-- ---- gates change, and people enter ------------------------------------------------------------------------------

-- `gate`: of a stream, everybody in it looks again; of a person, that person does, wherever it is. Without a person
-- the row is about a stream, without a stream about a person.
alter table app.revocation alter column principal_id drop not null;
alter table app.revocation drop constraint if exists revocation_kind_check;
alter table app.revocation add constraint revocation_kind_check check (kind in ('session', 'ban', 'role', 'gate'));

-- Null, or the refusal. `p_hash` null: the passphrase there stays. Set again as it is, nothing changes and nobody has
-- to enter anew, unless `p_reset` asks for it. Logs are locked first, because sends read the gate behind that lock;
-- the revocation comes last, as everywhere.
create or replace function app.set_gate(p_stream uuid, p_kind text, p_hash text, p_reset boolean) returns text
language plpgsql security definer set search_path = '' as $$
declare s app.stream;
begin
  perform from app.log l
  where l.stream_id = p_stream and l.kind in ('room', 'inbox') order by l.id for update;
  select * into s from app.stream x where x.id = p_stream for no key update;
  if not found then return 'not_found'; end if;
  if s.host_id is distinct from app.pid() then return 'not_allowed'; end if;
  if (p_kind in ('public', 'unlisted', 'passphrase', 'invite', 'accounts', 'members')) is not true
    or (p_hash is not null and p_kind <> 'passphrase')
    or (p_kind = 'passphrase' and p_hash is null
      and not exists (select from app.stream_passphrase k where k.stream_id = p_stream)) then return 'bad_request'; end if;
  if s.gate = p_kind and p_hash is null and not p_reset then return null; end if;
  if p_hash is not null then
    insert into app.stream_passphrase as k (stream_id, hash) values (p_stream, p_hash)
    on conflict (stream_id) do update set hash = p_hash;
  elsif p_kind <> 'passphrase' then
    delete from app.stream_passphrase k where k.stream_id = p_stream;
  end if;
  update app.stream x set gate = p_kind, gate_rev = x.gate_rev + 1 where x.id = p_stream;
  delete from app.stream_admission a where a.stream_id = p_stream;
  perform app.revoke(null, p_stream, null, null, 'gate');
  return null;
end $$;

-- For a server that has a passphrase to compare: the hash, when this is the gate.
create or replace function app.gate_passphrase(p_stream uuid) returns text
language sql stable security definer set search_path = '' as $$
  select k.hash from app.stream s join app.stream_passphrase k on k.stream_id = s.id
  where s.id = p_stream and s.gate = 'passphrase'
$$;

-- Lets the current person in, under the revision whose passphrase or link was right. False when the gate has changed
-- since, or is none of these.
create or replace function app.admit(p_stream uuid, p_rev int) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  perform from app.stream s
  where s.id = p_stream and s.gate in ('passphrase', 'invite') and s.gate_rev = p_rev for share;
  if not found or not exists (select from app.principal p where p.id = app.pid()) then return false; end if;
  insert into app.stream_admission as a (stream_id, principal_id, gate_rev) values (p_stream, app.pid(), p_rev)
  on conflict (stream_id, principal_id) do update set gate_rev = p_rev;
  return true;
end $$;

-- Whoever is no member any longer leaves what is for members alone.
create or replace function app.act_expel(p_stream uuid, p_target uuid) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare v_code text := app.before_choosing(p_stream, p_target);
begin
  if v_code is not null then return next app.refused(v_code); return; end if;
  delete from app.host_member e where e.host_id = app.pid() and e.principal_id = p_target;
  if not found then return next app.refused('dup'); return; end if;
  return next app.record(p_stream, jsonb_build_object('is', 'expelled', 'target', app.who(p_target)), null);
  perform app.revoke(p_target, null, null, null, 'gate');
end $$;

grant execute on function
  app.may_watch(uuid, uuid), app.my_closed(), app.stands_at(uuid, uuid),
  app.seats(text[], uuid[], timestamptz), app.set_gate(uuid, text, text, boolean), app.gate_passphrase(uuid),
  app.admit(uuid, int)
to stagedoor_app;

-- As before, and what the person was let into.
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
  delete from app.stream_admission x where x.principal_id = v_me;
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

-- The append once more, with the gate: after bans and before everything else, in the short way too. What it says of
-- itself stands in the migration that wrote it first.
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
  -- Of the one room of a batch.
  v_room uuid := p_stream[1];
  v_one boolean := array_remove(p_stream, v_room) = '{}';
  v_private boolean := array_remove(p_viewer, null) <> '{}';
  v_public boolean := array_position(p_viewer, null) is not null;
  v_rules jsonb;
  v_host uuid;
  v_gated boolean;
  v_open boolean := false;
  v_ver bigint;
  v_staff uuid[];
  v_names text[];
  v_bans boolean;
  v_timeouts boolean;
  v_any_held boolean;
  v_said int := 0;
begin
  -- Per stream first: rooms that hold nothing, and texts without such a term, are most.
  if v_one then
    select s.rules into v_rules from app.stream s where s.id = v_room;
    v_strict := coalesce(
      true = any (p_term_hold) or v_rules @> '{"review": true}' or v_rules @> '{"links": "held"}', false);
  else
    v_strict := true = any (p_term_hold) or exists (
      select from (select distinct t.stream_id from unnest(p_stream) as t (stream_id)) d
      cross join lateral (select s.rules from app.stream s where s.id = d.stream_id limit 1) s
      where s.rules @> '{"review": true}' or s.rules @> '{"links": "held"}');
  end if;
  if v_strict then
    select array_agg(coalesce(
      d.viewer_id is null and (d.term_hold or s.rules ->> 'review' = 'true' or d.link and s.rules ->> 'links' = 'held'),
      false) order by d.i) into v_hold
    from unnest(p_stream, p_viewer, p_link, p_term_hold) with ordinality as d (stream_id, viewer_id, link, term_hold, i)
    left join lateral (select s.rules from app.stream s where s.id = d.stream_id limit 1) s on true;
    if (true = any (v_hold)) is not true then v_hold := null; end if;
  end if;

  -- A thread begins with its first message or notice. All inserts come before all locks and both go in one order, so
  -- that two batches can wait for each other in one direction only.
  if v_private or true = any (v_hold) then
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
      and app.may_watch(d.sender_id, d.stream_id)
      and not (d.waits and app.role_of(d.stream_id, d.sender_id) <> 'viewer')
      and not exists (
        select from app.log l
        where l.stream_id = d.stream_id and l.kind = 'thread' and l.audience = d.viewer_id)
    order by 2, 3
    on conflict do nothing;
  end if;
  if v_one and not v_private and v_hold is null then
    perform from app.log l where l.stream_id = v_room and l.kind = 'room' and l.audience = v_room for update;
  else
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
  end if;

  v_now := date_trunc('milliseconds', clock_timestamp());

  -- What an open room says, which is most of what is said anywhere: one room, and no rule that counts people, words or
  -- time. Read behind the lock, like all that decides. Here stands only who passes for certain; whoever does not is
  -- judged below with everybody else's reasons.
  if v_one and v_public and v_hold is null then
    select s.host_id, coalesce((select t.ver from app.host_terms t where t.host_id = s.host_id), 0), array(
        select m.principal_id from app.stream_moderator m where m.stream_id = v_room
        union all select h.principal_id from app.host_moderator h where h.host_id = s.host_id),
      -- Most rooms have none of these, and then no line of a batch looks for its own.
      exists (select from app.stream_ban b where b.stream_id = v_room),
      exists (select from app.stream_timeout o where o.stream_id = v_room),
      exists (select from app.held), s.gate not in ('public', 'unlisted'),
      s.slow_seconds = 0 and (s.ended_at >= v_now - interval '5 minutes') is not false
        and s.rules @> '{"who": "everyone", "minAgeSeconds": 0, "review": false, "duplicateSeconds": 0}'
        and (s.rules ->> 'links' = 'allowed' or (true = any (p_link)) is not true)
    into v_host, v_ver, v_staff, v_bans, v_timeouts, v_any_held, v_gated, v_open
    from app.stream s where s.id = v_room;
  end if;
  if v_open then
    v_staff := v_staff || v_host;
    v_names := array(select p.skeleton from app.principal p where p.id = any (v_staff) and p.skeleton is not null);
    return query
    with checked as materialized (
      select d.i::int as nr, d.id, d.cmid, d.sender_id, d.text, d.fold, d.reply_to, p.name, p.role,
        q.id as quote_id, q.sender_name as quote_name, q.text as quote_text
      from unnest(p_id, p_cmid, p_sender, p_viewer, p_text, p_reply_to, p_fold, p_terms_ver, p_term) with ordinality
        as d (id, cmid, sender_id, viewer_id, text, reply_to, fold, terms_ver, term, i)
      cross join lateral (
        select p.name, p.skeleton, case when p.id = v_host then 'host' when p.id = any (v_staff) then 'moderator'
          else 'viewer' end as role
        from app.principal p where p.id = d.sender_id limit 1
      ) p
      left join lateral (
        select q.id, q.sender_name, q.text from app.message q
        where d.reply_to is not null and q.id = d.reply_to and q.stream_id = v_room
          and q.viewer_id is null and q.deleted_at is null
        limit 1
      ) q on true
      where d.viewer_id is null and d.text <> '' and octet_length(d.text) <= 2000
        and (d.reply_to is null or q.id is not null)
        and (p.role <> 'viewer' or d.term is null and (d.terms_ver = v_ver) is not false
          and (p.skeleton = any (v_names)) is not true)
        and case when v_bans and p.role <> 'host' then (select true from app.stream_ban b
            where b.stream_id = v_room and b.principal_id = d.sender_id and (b.until is null or b.until > v_now) limit 1)
          end is null
        and case when v_gated and p.role = 'viewer' then app.gate_refusal(v_room, d.sender_id) end is null
        and case when v_timeouts and p.role = 'viewer' then (select true from app.stream_timeout o
            where o.stream_id = v_room and o.principal_id = d.sender_id and o.until > v_now limit 1) end is null
        and (select true from app.message f where f.sender_id = d.sender_id and f.cmid = d.cmid limit 1) is null
        and case when v_any_held then (select true from app.held h
          where h.sender_id = d.sender_id and h.cmid = d.cmid limit 1) end is null
    ), moved as materialized (
      update app.log l set last_seq = l.last_seq + g.lines, last_at = greatest(v_now, l.last_at)
      from (select count(*) as lines from checked) g
      where l.stream_id = v_room and l.kind = 'room' and l.audience = v_room and g.lines > 0
      returning l.id, l.epoch, l.last_seq - g.lines as last_seq, l.last_at as at
    ), numbered as materialized (
      select c.*, l.id as log_id, l.epoch, l.at, l.last_seq + row_number() over (order by c.nr) as seq
      from moved l cross join checked c
    ), stored as (
      insert into app.message (id, stream_id, sender_id, sender_name, sender_role, cmid, text, body_sha, fold_sha,
        reply_to, sent_at, seq)
      select n.id, v_room, n.sender_id, n.name, n.role, n.cmid, n.text, sha256(convert_to(n.text, 'UTF8')),
        decode(n.fold, 'hex'), n.reply_to, n.at, n.seq
      from numbered n
    ), entered as (
      insert into app.entry (log_id, seq, kind, message_id, at)
      select n.log_id, n.seq, 'said', n.id, n.at from numbered n
    )
    select n.nr, null::text, null::int, n.id, n.at, n.epoch, n.seq, null::uuid, null::bigint, null::timestamptz,
      n.name, n.role, n.quote_id, n.quote_name, n.quote_text, false, null::text
    from numbered n;
    get diagnostics v_said = row_count;
    if v_said = cardinality(p_id) then return; end if;
  end if;

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
        when g.refused is not null then g.refused
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
        -- What passes now and did not above, because a name, a role or the terms changed in between, would come in
        -- behind later lines of its author: it is sent again.
        when z.role <> 'viewer' then case when v_open and d.viewer_id is null then 'rules_changed' end
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
        when v_open and d.viewer_id is null then 'rules_changed'
      end as verdict,
      o.until as timed_out_until, o.reason as timed_out_why,
      p.created_at + (s.rules ->> 'minAgeSeconds')::int * interval '1 s' as old_enough_at
    from unnest(p_id, p_cmid, p_stream, p_sender, p_viewer, p_text, p_reply_to, p_fold, p_link, p_terms_ver, p_term,
        p_term_hold, v_hold) with ordinality
      as d (id, cmid, stream_id, sender_id, viewer_id, text, reply_to, fold, link, terms_ver, term, term_hold, hold, i)
    left join app.stream s on s.id = d.stream_id
    left join app.principal p on p.id = d.sender_id
    left join lateral (
      select b.stream_id from app.stream_ban b
      where b.stream_id = d.stream_id and b.principal_id = d.sender_id and (b.until is null or b.until > v_now)
      limit 1
    ) b on true
    cross join lateral (
      select case when s.gate not in ('public', 'unlisted') then app.gate_refusal(d.stream_id, d.sender_id) end as refused
      offset 0
    ) g
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
    left join lateral (
      select f.id, f.body_sha, f.stream_id, f.viewer_id, f.sent_at, f.seq, f.inbox_seq from app.message f
      where f.sender_id = d.sender_id and f.cmid = d.cmid limit 1
    ) f on true
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
    -- What was said above has its answer.
    where v_said = 0 or not exists (select from app.message m where m.id = d.id and m.cmid = d.cmid)
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
