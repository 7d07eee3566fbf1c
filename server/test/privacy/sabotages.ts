// Sixteen ways to break what keeps private private, each as small as a slip of the hand, and who must notice.
import type { Sabotage, Suite } from './copy.ts'

/** `rule`: what the name of a test that fails must carry. */
export type Case = Sabotage & { caught: Suite; rule: RegExp }

const RLS: Suite = { project: 'system', files: ['server/test/store.rls'], name: 'pglite' }
const REACH: Suite = { project: 'system', files: ['server/test/privacy/reach.test.ts'], name: 'pglite' }
const WITNESSES: Suite = {
  project: 'system',
  files: ['server/test/privacy/noninterference.test.ts'],
  name: 'no byte of anybody else',
}
const LIVE: Suite = {
  project: 'unit',
  files: ['server/app/commands/private.test.ts', 'server/realtime/session.test.ts'],
}

const MESSAGE_READ = 'create policy message_read on app.message for select to stagedoor_app using'

export const INBOX_FOR_ALL: Sabotage = {
  says: 'moderators follow the inbox of the host',
  edits: [
    {
      file: 'server/domain/log.ts',
      find: "[room, own, { kind: 'backstage', stream }]",
      put: "[room, own, { kind: 'backstage', stream }, ...(role === 'host' ? [] : [{ kind: 'inbox', stream } as const])]",
    },
    {
      file: 'server/realtime/join.ts',
      find: "log.kind === 'backstage' ? stream.host.id : (person?.id ?? null)",
      put: "log.kind === 'thread' ? (person?.id ?? null) : stream.host.id",
    },
  ],
}

export const SABOTAGES: readonly Case[] = [
  {
    says: 'FORCE is dropped: the owner of the tables is bound by no policy',
    sql: 'alter table app.message no force row level security;',
    caught: RLS,
    rule: /P9/,
  },
  {
    says: 'the role of the server owns a table',
    sql: 'reset role;\nalter table app.message owner to stagedoor_app;',
    caught: RLS,
    rule: /P9/,
  },
  {
    says: 'one policy says true',
    sql: 'create policy handy on app.message for select to stagedoor_app using (true);',
    caught: RLS,
    rule: /P1/,
  },
  {
    says: 'a policy forgets the banned',
    sql: `drop policy message_read on app.message;\n${MESSAGE_READ} (
      viewer_id is null or viewer_id = (select app.pid())
      or stream_id = any (array(select app.my_hosted())));`,
    caught: RLS,
    rule: /P7/,
  },
  {
    says: 'a thread is known by its viewer, without the stream',
    edits: [
      {
        file: 'server/domain/log.ts',
        find: '`thread:${log.stream}:${log.viewer}`',
        put: '`thread:${log.viewer}`',
      },
    ],
    caught: LIVE,
    rule: /P1/,
  },
  {
    says: 'the pointer to a private message carries its text between nodes',
    edits: [
      {
        file: 'server/app/append.ts',
        find: "return [{ type: 'pointer', log, epoch, seq: last.seq }]",
        put: "return [{ type: 'pointer', log, epoch, seq: last.seq, ...{ places } }]",
      },
      {
        file: 'server/adapters/pg/append.ts',
        find: "{ log: { kind: 'thread', stream, viewer }, epoch, seq },\n      { log: { kind: 'inbox'",
        put: "{ log: { kind: 'thread', stream, viewer }, epoch, seq, ...{ text: draft.text } },\n      { log: { kind: 'inbox'",
      },
    ],
    caught: { project: 'system', files: ['server/test/nodes.test.ts'], name: 'P12', build: true },
    rule: /P12/,
  },
  {
    says: 'whoever resumes a log gets it, unasked whose it is',
    edits: [
      {
        file: 'server/realtime/join.ts',
        find: 'const own = person ? logsFor(role, stream.id, person.id)',
        put: "const own = person ? logsFor(cursors?.some(({ log }) => log === 'inbox') ? 'host' : role, stream.id, person.id)",
      },
      {
        file: 'server/realtime/join.ts',
        find: "log.kind === 'backstage' ? stream.host.id : (person?.id ?? null)",
        put: "log.kind === 'thread' ? (person?.id ?? null) : stream.host.id",
      },
    ],
    caught: LIVE,
    rule: /C3|P2/,
  },
  {
    says: 'one sequence counts the private messages of all viewers',
    edits: [
      {
        file: 'server/app/commands/landed.ts',
        find: "viewer: ['room', 'thread'],",
        put: "viewer: ['room', 'inbox'],",
      },
    ],
    caught: WITNESSES,
    rule: /P34/,
  },
  {
    says: 'ids of messages count up, private ones included',
    edits: [
      {
        file: 'server/app/commands/say.ts',
        find: 'id: random.uuid(),',
        put: "id: `00000000-0000-4000-8000-${String((count += 1)).padStart(12, '0')}`,",
      },
      { file: 'server/app/commands/say.ts', find: 'type Words =', put: 'let count = 0\ntype Words =' },
    ],
    caught: LIVE,
    rule: /P1/,
  },
  {
    says: 'a count of all messages is told to everybody',
    edits: [
      {
        file: 'server/app/commands/say.ts',
        find: 'return sent.ok ? landed(words.id, caller, sent.value) : sent',
        put: 'return sent.ok ? landed(words.id, caller, { ...sent.value, at: (total += 1) }) : sent',
      },
      { file: 'server/app/commands/say.ts', find: 'type Words =', put: 'let total = 0\ntype Words =' },
    ],
    caught: WITNESSES,
    rule: /P34/,
  },
  {
    says: 'the token of an overlay is taken for a pass',
    edits: [
      {
        file: 'server/adapters/jose/index.ts',
        find: 'const claims = await read(PASS, token)',
        put: "const overlay = await read(OVERLAY, token)\n      const claims = overlay ? { ...overlay, sid: '' } : await read(PASS, token)",
      },
    ],
    caught: { project: 'unit', files: ['server/adapters/jose'] },
    rule: /P37/,
  },
  {
    says: 'who may host anything is host everywhere, as the session says',
    edits: [
      {
        file: 'server/realtime/join.ts',
        find: 'stream, role, seen }\n}',
        put: "stream, role: person.canHost ? 'host' : role, seen }\n}",
      },
    ],
    caught: {
      project: 'system',
      files: ['server/test/attacks/authorization.test.ts'],
      name: 'A39',
      build: true,
    },
    rule: /A39/,
  },
  {
    says: 'a tombstone keeps the text',
    sql: 'alter table app.message drop constraint message_check1;',
    edits: [
      {
        file: 'sql/000013_moderation_acts.sql',
        find: '    update app.message x set text = null, deleted_at',
        put: '    update app.message x set deleted_at',
      },
      {
        file: 'sql/000013_moderation_acts.sql',
        find: '  update app.message m set text = null, deleted_at',
        put: '  update app.message m set deleted_at',
      },
    ],
    caught: RLS,
    rule: /L6/,
  },
  {
    says: 'search looks through an index over all rows',
    sql: `create view app.index_of_all as select * from app.message;
      grant select on app.index_of_all to stagedoor_app;`,
    edits: [
      {
        file: 'server/adapters/pg/search.ts',
        find: 'from app.message m, asked a',
        put: 'from app.index_of_all m, asked a',
      },
    ],
    caught: REACH,
    rule: /search|P28/,
  },
  { ...INBOX_FOR_ALL, caught: WITNESSES, rule: /P34/ },
  {
    says: 'the ETag of a stream comes from its newest message of any kind',
    edits: [
      {
        file: 'server/app/append.ts',
        find: 'say: (draft) => admit(drafts, draft.stream, draft),',
        put: 'say: (draft) => {\n      Object.assign(globalThis, { newest: draft.id })\n      return admit(drafts, draft.stream, draft)\n    },',
      },
      {
        file: 'server/http/streams.ts',
        find: "async (c) => answer(c, await streams.page(c.req.param('slug'), c.get('who'))))",
        put: "async (c) => {\n      c.header('etag', String(Reflect.get(globalThis, 'newest')))\n      return answer(c, await streams.page(c.req.param('slug'), c.get('who')))\n    })",
      },
    ],
    caught: WITNESSES,
    rule: /P34/,
  },
]
