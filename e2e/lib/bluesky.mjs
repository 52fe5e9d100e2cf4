// A practice's account on the Bluesky server of the tests, and what that server has of it, asked directly.

import { randomBytes } from 'node:crypto';

const COLLECTION = 'app.bsky.feed.post';

async function ask(pds, method, { query, body, token } = {}) {
  const address = new URL(`/xrpc/${method}`, pds);
  for (const [key, value] of Object.entries(query ?? {})) address.searchParams.set(key, value);
  const answer = await fetch(address, {
    method: body ? 'POST' : 'GET',
    headers: {
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: body ? JSON.stringify(body) : undefined,
  });
  return { status: answer.status, json: await answer.json().catch(() => ({})) };
}

/** Makes an account with an app password, as a practice would in the Bluesky app. */
export async function makeAccount(pds) {
  const id = randomBytes(4).toString('hex');
  const handle = `practice-${id}.test`;
  const password = randomBytes(12).toString('hex');
  const made = await ask(pds, 'com.atproto.server.createAccount', {
    body: { handle, email: `${id}@weirlane.example`, password },
  });
  if (made.status !== 200) throw new Error(`The Bluesky server made no account: ${JSON.stringify(made.json)}`);
  const app = await ask(pds, 'com.atproto.server.createAppPassword', {
    body: { name: 'bedside' },
    token: made.json.accessJwt,
  });
  if (app.status !== 200) throw new Error(`The Bluesky server made no app password: ${JSON.stringify(app.json)}`);
  const { did } = made.json;
  return {
    handle,
    did,
    appPassword: app.json.password,
    /** The posts that the server has of this account. */
    async posts() {
      const listed = await ask(pds, 'com.atproto.repo.listRecords', { query: { repo: did, collection: COLLECTION } });
      if (listed.status !== 200) throw new Error(`The Bluesky server lists no posts: ${JSON.stringify(listed.json)}`);
      return listed.json.records.map((record) => ({ key: record.uri.split('/').pop(), ...record.value }));
    },
  };
}
