-- Group commit again: the same answers, found by keys alone however many logs there are, and each row's waiting
-- time worked out once.
set local role stagedoor_owner;

-- The settings: a plan per call costs 3 ms, so one generic plan is kept; it is made when the tables are still small.
-- What must stay a look-up when they are not is written as one: a subquery with a limit is never turned around.
create or replace function app.append(
  p_id uuid[], p_cmid uuid[], p_stream uuid[], p_sender uuid[], p_viewer uuid[], p_text text[], p_reply_to uuid[]
) returns table (
  i int, code text, retry_after_ms int, id uuid, at timestamptz,
  epoch uuid, seq bigint, inbox_epoch uuid, inbox_seq bigint, inbox_at timestamptz,
  sender_name text, sender_role text, quote_id uuid, quote_name text, quote_text text
)
language plpgsql security definer set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
#variable_conflict use_column
declare v_now timestamptz;
begin
  -- A thread begins with its first message. All inserts come before all locks and both go in one order, so that
  -- two batches can wait for each other in one direction only.
  if array_remove(p_viewer, null) <> '{}' then
    insert into app.log (kind, stream_id, viewer_id, epoch)
    select distinct 'thread', d.stream_id, d.viewer_id, r.epoch
    from unnest(p_stream, p_sender, p_viewer) as d (stream_id, sender_id, viewer_id)
    join app.stream s on s.id = d.stream_id
    join app.principal v on v.id = d.viewer_id
    cross join lateral (
      select r.epoch from app.log r
      where r.stream_id = d.stream_id and r.kind = 'room' and r.audience = d.stream_id limit 1
    ) r
    where d.viewer_id <> s.host_id and d.sender_id in (d.viewer_id, s.host_id)
      and not app.is_banned(d.stream_id, d.sender_id)
      and not exists (
        select from app.log l
        where l.stream_id = d.stream_id and l.kind = 'thread' and l.audience = d.viewer_id)
    order by 2, 3
    on conflict do nothing;
  end if;
  perform from app.log l
  where l.id in (
    select k.id
    from (select distinct stream_id, viewer_id from unnest(p_stream, p_viewer) as t (stream_id, viewer_id)) d
    cross join lateral (
      select 'room' as kind, d.stream_id as audience where d.viewer_id is null
      union all select 'thread', d.viewer_id where d.viewer_id is not null
      union all select 'inbox', d.stream_id where d.viewer_id is not null
    ) g
    cross join lateral (
      select l.id from app.log l
      where l.stream_id = d.stream_id and l.kind = g.kind and l.audience = g.audience limit 1
    ) k
  )
  order by l.id for update;

  v_now := date_trunc('milliseconds', clock_timestamp());
  return query
  with checked as materialized (
    select d.*, d.i::int as nr,
      l.id as log_id, l.epoch, l.last_seq, greatest(v_now, l.last_at) as at,
      x.id as inbox_id, x.epoch as inbox_epoch, x.last_seq as inbox_last_seq, greatest(v_now, x.last_at) as inbox_at,
      case when s.host_id = d.sender_id then 'host' when m.stream_id is not null then 'moderator' else 'viewer' end as role,
      p.name, s.slow_seconds,
      q.id as quote_id, q.sender_name as quote_name, q.text as quote_text,
      f.id as first_id, f.sent_at as first_at, f.seq as first_seq, f.inbox_seq as first_inbox_seq,
      case
        when s.id is null then 'not_found'
        when b.stream_id is not null and s.host_id <> d.sender_id then 'banned'
        when p.id is null then 'not_allowed'
        when d.viewer_id = s.host_id or d.sender_id not in (d.viewer_id, s.host_id) then 'not_allowed'
        when l.id is null then 'not_found'
        when f.id is not null then
          case when f.body_sha <> sha256(convert_to(d.text, 'UTF8')) or f.stream_id <> d.stream_id
            or f.viewer_id is distinct from d.viewer_id then 'idempotency_mismatch' else 'dup' end
        when s.ended_at < v_now - interval '5 minutes' then 'stream_ended'
        when d.reply_to is not null and q.id is null then 'reply_not_here'
        when d.text = '' then 'text_empty'
        when octet_length(d.text) > 2000 then 'text_too_long'
      end as verdict
    from unnest(p_id, p_cmid, p_stream, p_sender, p_viewer, p_text, p_reply_to) with ordinality
      as d (id, cmid, stream_id, sender_id, viewer_id, text, reply_to, i)
    left join app.stream s on s.id = d.stream_id
    left join app.principal p on p.id = d.sender_id
    left join app.stream_ban b on b.stream_id = d.stream_id and b.principal_id = d.sender_id
      and (b.until is null or b.until > v_now)
    left join app.stream_moderator m on m.stream_id = d.stream_id and m.principal_id = d.sender_id
    left join app.log l on l.stream_id = d.stream_id and l.audience = coalesce(d.viewer_id, d.stream_id)
      and l.kind = case when d.viewer_id is null then 'room' else 'thread' end
    left join lateral (
      select x.id, x.epoch, x.last_seq, x.last_at from app.log x
      where d.viewer_id is not null and x.stream_id = d.stream_id and x.kind = 'inbox' and x.audience = d.stream_id
      limit 1
    ) x on true
    left join app.message f on f.sender_id = d.sender_id and f.cmid = d.cmid
    left join lateral (
      select q.id, q.sender_name, q.text from app.message q
      where d.reply_to is not null and q.id = d.reply_to and q.stream_id = d.stream_id
        and q.viewer_id is not distinct from d.viewer_id and q.deleted_at is null
      limit 1
    ) q on true
  ), paced as materialized (
    -- Slow mode counts within the batch as well: of several at once the first may pass.
    select c.*, case when c.verdict is null and c.viewer_id is null and c.slow_seconds > 0 and c.role = 'viewer' then
      case when c.turn > 1 then c.slow_seconds * 1000
      else (
        select least(c.slow_seconds * 1000,
          ceil(extract(epoch from max(m.sent_at) + c.slow_seconds * interval '1 s' - v_now) * 1000))::int
        from app.message m
        where m.stream_id = c.stream_id and m.sender_id = c.sender_id and m.viewer_id is null
        having max(m.sent_at) is not null)
      end end as wait_ms
    from (
      select k.*, row_number() over (partition by k.stream_id, k.sender_id, k.verdict, k.viewer_id order by k.nr) as turn
      from checked k
    ) c
  ), numbered as (
    select p.*, coalesce(p.verdict, case when p.wait_ms > 0 then 'slow_mode' end) as refusal,
      p.last_seq + count(*) filter (where passes) over (partition by p.log_id order by p.nr) as new_seq,
      p.inbox_last_seq + count(*) filter (where passes) over (partition by p.inbox_id order by p.nr) as new_inbox_seq
    from (select *, verdict is null and coalesce(wait_ms, 0) <= 0 as passes from paced) p
  ), stored as (
    insert into app.message (id, stream_id, viewer_id, sender_id, sender_name, sender_role, cmid, text, body_sha,
      reply_to, sent_at, seq, inbox_seq)
    select n.id, n.stream_id, n.viewer_id, n.sender_id, n.name, n.role, n.cmid, n.text,
      sha256(convert_to(n.text, 'UTF8')), n.reply_to, n.at, n.new_seq, n.new_inbox_seq
    from numbered n where n.passes
  ), entered as (
    insert into app.entry (log_id, seq, kind, message_id, at)
    select n.log_id, n.new_seq, case when n.viewer_id is null then 'said' else 'whispered' end, n.id, n.at
    from numbered n where n.passes
    union all
    select n.inbox_id, n.new_inbox_seq, 'whispered', n.id, n.inbox_at
    from numbered n where n.passes and n.viewer_id is not null
  ), moved as (
    update app.log l set last_seq = g.seq, last_at = g.at
    from (
      select n.log_id, max(n.new_seq) as seq, max(n.at) as at from numbered n where n.passes group by 1
      union all
      select n.inbox_id, max(n.new_inbox_seq), max(n.inbox_at) from numbered n
      where n.passes and n.viewer_id is not null group by 1
    ) g where l.id = g.log_id
  )
  select n.nr, n.refusal, case when n.refusal = 'slow_mode' then n.wait_ms end,
    coalesce(n.first_id, n.id), coalesce(n.first_at, n.at),
    n.epoch, coalesce(n.first_seq, n.new_seq),
    n.inbox_epoch, coalesce(n.first_inbox_seq, n.new_inbox_seq), n.inbox_at,
    n.name, n.role, n.quote_id, n.quote_name, n.quote_text
  from numbered n order by n.nr;
end $$;
