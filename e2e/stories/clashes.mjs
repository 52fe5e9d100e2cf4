// Two tabs, two approvers, a double click, the back button: one outcome, said plainly, and nothing typed is lost.

import assert from 'node:assert/strict';
import { addFacebook, invite, setUp, writeAndAsk } from '../lib/practice.mjs';

const FIRST = 'Brush last thing at night and one other time of day.';
const SECOND = 'Brush last thing at night. Spit, do not rinse.';
const THIRD = 'Change your toothbrush every three months.';

export default async function story({ stage, base, code, smtpDir }) {
  const priya = await setUp(stage, { base, code });
  const aisha = await invite(stage, priya, { base, smtpDir }, 'Dr Aisha Shah', ['approver']);
  const tom = await invite(stage, priya, { base, smtpDir }, 'Dr Tom Hale', ['approver']);
  await addFacebook(stage, priya, { base });

  const post = await stage.step('Priya asks for an opinion', () => writeAndAsk(priya, { base }, FIRST));

  await stage.step('an opinion on words that have changed since does not count', async () => {
    await aisha.go(`${base}/posts/${post}/review`);
    await priya.go(`${base}/posts/${post}/edit`);
    await priya.fill({ text: SECOND });
    await priya.send('act', 'ask');
    await aisha.send('act', 'approve');
    await aisha.sees(/changed/i);
    await priya.go(`${base}/posts/${post}`);
    assert.doesNotMatch(await priya.words(), /approved by/i);
  });

  await stage.step('two approvers at once give one approval', async () => {
    await aisha.go(`${base}/posts/${post}/review`);
    await tom.go(`${base}/posts/${post}/review`);
    await Promise.all([aisha.send('act', 'approve'), tom.send('act', 'approve')]);
    for (const person of [aisha, tom]) assert.ok((await person.words()).trim().length > 0, `${person.name} sees nothing`);
    await priya.go(`${base}/posts/${post}`);
    assert.match(await priya.words(), /approved/i);
  });

  await stage.step('going back and approving again changes nothing and is told', async () => {
    await aisha.page.goBack();
    const again = aisha.page.locator('main button[value="approve"]');
    if (await again.count()) await aisha.send('act', 'approve');
    assert.ok((await aisha.words()).trim().length > 0);
  });

  await stage.step('of two tabs the later one is told, and keeps what was typed', async () => {
    await priya.go(`${base}/posts/new`);
    await priya.fill({ text: FIRST });
    await priya.send('act', 'save');
    const id = priya.page.url().match(/\/posts\/([^/?#]+)/)[1];
    const edit = `${base}/posts/${id}/edit`;
    const other = await stage.tab(priya);
    await priya.go(edit);
    await other.go(edit);
    await priya.fill({ text: SECOND });
    await priya.send('act', 'save');
    await other.fill({ text: THIRD });
    await other.send('act', 'save');
    await other.sees(/changed this post/i);
    assert.equal((await other.page.locator('textarea[name="text"]').inputValue()).trim(), THIRD);
    await other.look('stale');
  });
}
