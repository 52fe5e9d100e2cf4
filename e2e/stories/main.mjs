// The main job, end to end: write, reread, second opinion, publish to a real Bluesky server, prove it, take it down.

import assert from 'node:assert/strict';
import { makeAccount } from '../lib/bluesky.mjs';
import { invite, setUp } from '../lib/practice.mjs';

export const needs = ['pds'];

const BAD =
  'Lovely to see Mrs Okafor back on her feet after her new hip! Come in this week for anti-wrinkle injections, 20% off til Sunday.';
const GOOD = 'Brush last thing at night and one other time of day. Spit, do not rinse: the fluoride stays on your teeth while you sleep.';

export default async function story({ stage, base, code, pds, smtpDir }) {
  const account = await makeAccount(pds);
  const priya = await setUp(stage, { base, code });
  const aisha = await invite(stage, priya, { base, smtpDir }, 'Dr Aisha Shah', ['approver']);

  await stage.step('Priya connects the Bluesky account of the practice', async () => {
    await priya.go(`${base}/practice/channels/new?platform=bluesky`);
    if (await priya.page.locator('main [name="name"]').count()) await priya.fill({ name: 'Weir Lane Dental' });
    await priya.fill({ service: pds, identifier: account.handle, secret: account.appPassword });
    await priya.look('08-connect');
    const form = priya.page.locator('main form[action="/practice/channels"]');
    await form.locator('button').last().click();
    await priya.page.waitForLoadState();
    await priya.sees(account.handle);
    assert.ok(!(await priya.page.content()).includes(account.appPassword), 'the app password is on the page');
    await priya.look('09-channels');
  });

  await stage.step('she writes a draft that names a patient and promotes a medicine', async () => {
    await priya.go(`${base}/posts/new`);
    await priya.look('10-write-empty');
    const channels = priya.page.locator('[name="channels"]');
    for (let i = 0; i < (await channels.count()); i += 1) await channels.nth(i).check();
    await priya.page.locator('textarea[name="text"]').pressSequentially(BAD, { delay: 1 });
    await priya.sees('Must change', { part: '#findings' });
    await priya.sees('Okafor', { part: '#findings' });
    await priya.look('11-write-findings', { record: 'write.png' });
  });

  await stage.step('she asks for a second opinion and is told what must change first', async () => {
    await priya.send('act', 'ask');
    await priya.sees('Must change');
    assert.equal((await account.posts()).length, 0);
    await priya.look('12-must-change', { record: '04-must-change.png' });
  });

  await stage.step('she rewrites it, and nothing is found', async () => {
    await priya.page.locator('textarea[name="text"]').fill(GOOD);
    await priya.sees('Nothing found', { part: '#findings' });
    await priya.look('13-rewritten', { record: '05-rewritten.png' });
  });

  const post = await stage.step('she asks for a second opinion, and cannot give it herself', async () => {
    await priya.fill({ when: 'asap' });
    await priya.send('act', 'ask');
    const found = priya.page.url().match(/\/posts\/([^/?#]+)/)?.[1];
    assert.ok(found && found !== 'new', `not on the page of a post: ${priya.page.url()}`);
    await priya.look('14-asked');
    await priya.go(`${base}/posts/${found}/review`);
    assert.equal(await priya.page.locator('button[value="approve"]').count(), 0, 'the author can approve');
    await priya.look('15-not-yours');
    return found;
  });

  await stage.step('Dr Shah finds it on her first page, reads it and approves', async () => {
    await aisha.go(`${base}/`);
    await aisha.page.locator(`main a[href="/posts/${post}/review"]`).first().click();
    await aisha.page.waitForLoadState();
    await aisha.sees(GOOD);
    await aisha.look('16-review', { record: '06-second-opinion.png' });
    await aisha.send('act', 'approve');
  });

  await stage.step('it goes out to Bluesky, once, word for word', async () => {
    await priya.go(`${base}/posts/${post}`);
    await priya.reloadUntil('the post is live', (words) => words.includes('saw the post live'));
    const posts = await account.posts();
    assert.equal(posts.length, 1);
    assert.equal(posts[0].text, GOOD);
    const link = priya.page.locator(`main a[href*="${posts[0].key}"]`).first();
    assert.ok((await link.count()) > 0, 'no link to the live post');
    await priya.look('17-live', { record: '07-live.png' });
  });

  await stage.step('Priya takes it down, and it is gone', async () => {
    await priya.press('Take this post down');
    await priya.fill({ reason: 'A patient asked us to reword it.' });
    await priya.look('18-take-down');
    await priya.press('Take this post down');
    await priya.go(`${base}/posts/${post}`);
    await priya.reloadUntil('the post is gone', (words) => words.includes('found it gone'));
    assert.equal((await account.posts()).length, 0);
    await priya.look('19-gone', { record: '08-taken-down.png' });
  });

  await stage.step('the record tells the whole story', async () => {
    await priya.go(`${base}/record`);
    await priya.look('20-record', { record: '09-record.png' });
    await priya.page.locator('main form[action="/record/verify"] button').click();
    await priya.page.waitForLoadState();
    await priya.look('21-verified');
  });

  await stage.step('the other pages hold up too', async () => {
    for (const path of ['/', '/calendar', '/calendar?view=list', '/me', '/practice', '/practice/channels', '/more', '/no-such-page']) {
      await priya.go(`${base}${path}`);
      await priya.look(`30${path.replaceAll(/\W+/g, '-')}`);
    }
  });
}
