-- Which threads moved: one question per stream and second, however many viewers there are.
set local role stagedoor_owner;

-- The transaction that moved a thread last. Not a time: who began earlier may commit later, and a poll that goes on
-- from the newest time it saw would never see it. Not a counter of the stream: the private messages of all its viewers
-- would wait in one row.
alter table app.log add column if not exists moved xid8;
create index if not exists log_moved on app.log (stream_id, moved) where kind = 'thread';

create or replace function app.mark_moved() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.moved := pg_current_xact_id();
  return new;
end $$;
drop trigger if exists log_moved on app.log;
create trigger log_moved before insert or update on app.log
  for each row when (new.kind = 'thread') execute function app.mark_moved();

-- Counters and nothing else, like app.positions. `mark`, the same in all rows, is the oldest transaction that was not
-- over when this looked: all before it are in the answer, or were in one before; all from it on come again next time.
-- One row without a thread says it when nothing moved.
create or replace function app.threads_since(p_stream uuid[], p_since text[])
returns table (mark text, stream_id uuid, viewer_id uuid, epoch uuid, seq bigint)
language sql stable security definer set search_path = '' as $$
  select s.mark, l.stream_id, l.viewer_id, l.epoch, l.last_seq
  from (select pg_snapshot_xmin(pg_current_snapshot())::text as mark) s
  left join (
    unnest(p_stream, p_since) as k (stream_id, since)
    cross join lateral (
      select x.stream_id, x.viewer_id, x.epoch, x.last_seq from app.log x
      where x.kind = 'thread' and x.stream_id = k.stream_id and x.moved >= k.since::xid8
      offset 0) l
  ) on true
$$;
grant execute on function app.threads_since(uuid[], text[]) to stagedoor_app;
