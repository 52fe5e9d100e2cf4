// Everything that matters works in a browser without script: the server checks, and says so on the next page.

import assert from 'node:assert/strict';
import { PRACTICE, addFacebook, address, passPhrase, submit } from '../lib/practice.mjs';

export default async function story({ stage, base, code }) {
  const sam = await stage.person('Sam Reed', { script: false });
  const email = address('sam');
  const password = passPhrase();

  await stage.step('Sam sets the practice up', async () => {
    await sam.go(`${base}/`);
    await sam.fill({ code });
    await submit(sam);
    await sam.fill({ name: sam.name, email, password });
    await submit(sam);
    await sam.fill(PRACTICE);
    await submit(sam);
  });

  await addFacebook(stage, sam, { base });

  await stage.step('a draft is checked by the server', async () => {
    await sam.go(`${base}/posts/new`);
    await sam.page.locator('[name="channels"]').first().check();
    await sam.fill({ text: 'So pleased for Mrs Okafor, who is home after her operation with us.' });
    await sam.send('act', 'check');
    await sam.sees('Must change', { part: '#findings' });
    assert.match(await sam.page.locator('textarea[name="text"]').inputValue(), /Mrs Okafor/);
  });

  await stage.step('signing out and in again finds the draft where it was', async () => {
    await sam.send('act', 'save');
    await sam.go(`${base}/me`);
    await sam.page.locator('form[action="/sign-out"] button').first().click();
    await sam.page.waitForLoadState();
    await sam.go(`${base}/`);
    assert.match(sam.page.url(), /\/sign-in/);
    await sam.fill({ email, password: 'not the pass phrase' });
    await submit(sam);
    assert.match(sam.page.url(), /\/sign-in/);
    await sam.fill({ email, password });
    await submit(sam);
    await sam.go(`${base}/`);
    await sam.sees(/Mrs Okafor/);
  });
}
