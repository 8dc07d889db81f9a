import type { RestoreMapping } from '../../../shared/model/restore-mapping.ts'

/** For tests: everything of alice's as bob's, or, with `same`, as it was. */
export function testMapping({ same = false } = {}): RestoreMapping {
  const row = (from: string, to: string) => ({ from, to: same ? from : to })
  return {
    user: row('alice', 'bob'),
    uid: { from: 1001, to: same ? 1001 : 2002 },
    gid: { from: 1001, to: same ? 1001 : 2002 },
    home: row('/home/alice', '/srv/bob'),
    paths: [row('/srv/www/alice', '/srv/www/alice')],
    databases: [
      { engine: 'mysql', ...row('alice_wp', 'bob_wp') },
      { engine: 'mysql', ...row('alice_ü', 'bob_ü') },
      { engine: 'postgresql', ...row('alice_app', 'bob_app') },
    ],
    databaseUsers: [
      { engine: 'mysql', ...row('alice_wp', 'bob_wp') },
      { engine: 'postgresql', ...row('alice_app', 'bob_app') },
    ],
    domains: [{ ...row('a.test', 'b.test'), paths: [row('/var/vmail/a.test', '/var/vmail/b.test')] }],
  }
}
