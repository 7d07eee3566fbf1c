-- The append once more: what an open room says takes a short way. The answers are the same.
set local role stagedoor_owner;

-- The order of verdicts is the order of the one long `case`, then slow mode, then the same words again, then whether it
-- is held. Before it, lines of one room without such rules are stored by a statement that knows only who passes:
-- its plan is smaller, and starting a plan is most of what a message alone costs. Rows it leaves go through the `case`.
-- What that brought stands in server/PERFORMANCE.md.
--
-- Whether a row may be held is guessed before the locks, because a held one locks other logs: the backstage, and its
-- sender's thread. Rules that changed in between are a refusal like terms that did.
--
-- The settings: a plan per call costs 3 ms, so one generic plan is kept; it is made when the tables are still small.
-- What must stay a look-up when they are not is written as one: a subquery with a limit is never turned around.
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
      and not app.is_banned(d.stream_id, d.sender_id)
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
      exists (select from app.held),
      s.slow_seconds = 0 and (s.ended_at >= v_now - interval '5 minutes') is not false
        and s.rules @> '{"who": "everyone", "minAgeSeconds": 0, "review": false, "duplicateSeconds": 0}'
        and (s.rules ->> 'links' = 'allowed' or (true = any (p_link)) is not true)
    into v_host, v_ver, v_staff, v_bans, v_timeouts, v_any_held, v_open
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
