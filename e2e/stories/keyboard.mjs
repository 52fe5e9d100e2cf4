// From the sign-in page to a checked draft with the keyboard alone; and a power cut in the middle loses nothing.

import assert from 'node:assert/strict';
import { setUp } from '../lib/practice.mjs';

export default async function story({ stage, bedside, base, code }) {
  const owner = await setUp(stage, { base, code });
  const person = await stage.person('Keyboard only');

  await stage.step('signs in', async () => {
    await person.go(`${base}/sign-in`);
    await person.typeInto('[name="email"]', owner.email);
    await person.typeInto('[name="password"]', owner.password);
    await person.page.keyboard.press('Enter');
    await person.page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  });

  await stage.step('writes a draft and reads what was noticed', async () => {
    await person.go(`${base}/posts/new`);
    await person.typeInto('textarea[name="text"]', 'Happy birthday to our patient Mrs Okafor, 94 today!');
    await person.sees('Must change', { part: '#findings' });
    await person.tabTo('#findings [data-show]');
    await person.page.keyboard.press('Enter');
    const marked = await person.page.evaluate(() => {
      const field = document.querySelector('textarea[name="text"]');
      return field.value.slice(field.selectionStart, field.selectionEnd);
    });
    assert.match(marked, /Okafor/);
  });

  await stage.step('saves it, and the server dies', async () => {
    await person.tabTo('main button[name="act"][value="save"]:not([tabindex])');
    await person.page.keyboard.press('Enter');
    await person.page.waitForURL((url) => url.pathname !== '/posts/new');
    await bedside.crashAndReturn();
  });

  await stage.step('is still signed in and finds the draft', async () => {
    await person.go(`${base}/`);
    assert.doesNotMatch(person.page.url(), /sign-in/);
    await person.sees(/Happy birthday/);
  });
}
