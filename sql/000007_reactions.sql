-- Reactions as totals per second: nothing about who reacted.
set local role stagedoor_owner;

create table if not exists app.reaction_tally (
  stream_id uuid not null references app.stream,
  second bigint not null,
  emoji text not null check (octet_length(emoji) <= 32),
  count int not null check (count > 0),
  primary key (stream_id, second, emoji)
);
alter table app.reaction_tally enable row level security;
alter table app.reaction_tally force row level security;
drop policy if exists by_function on app.reaction_tally;
create policy by_function on app.reaction_tally to stagedoor_owner using (true) with check (true);
drop policy if exists reaction_tally_read on app.reaction_tally;
create policy reaction_tally_read on app.reaction_tally for select to stagedoor_app using (
  stream_id <> all (array(select app.my_bans())) or stream_id = any (array(select app.my_hosted()))
);
grant select on app.reaction_tally to stagedoor_app;

-- Grouped first: one statement may touch a row once only. Ordered: two nodes lock rows in one order.
create or replace function app.tally(p_stream uuid[], p_second bigint[], p_emoji text[], p_count int[]) returns void
language sql security definer set search_path = '' as $$
  insert into app.reaction_tally as t (stream_id, second, emoji, count)
  select r.stream_id, r.second, r.emoji, sum(r.count)
  from unnest(p_stream, p_second, p_emoji, p_count) as r (stream_id, second, emoji, count)
  join app.stream s on s.id = r.stream_id
  where r.count > 0
  group by 1, 2, 3 order by 1, 2, 3
  on conflict (stream_id, second, emoji) do update set count = t.count + excluded.count
$$;
grant execute on function app.tally(uuid[], bigint[], text[], int[]) to stagedoor_app;
