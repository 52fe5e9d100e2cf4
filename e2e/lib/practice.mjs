// The fictional practice that the stories play in, and the steps that several of them begin with.

import { randomBytes } from 'node:crypto';
import { linkIn, messageTo } from './mail.mjs';

export const PRACTICE = {
  practice_name: 'Weir Lane Dental',
  practice_type: 'dental',
  town: 'Calderbrook',
  postcode: 'ZZ99 3VZ',
  address: '4 Weir Lane, Calderbrook',
  phones: '01632 960123',
  list_size: '9400',
  offers_pom: 'yes',
  offers_fillers: 'no',
  private_care: 'yes',
  clinicians: 'Aisha Shah, dentist, GDC 999999',
  staff: 'Priya\nSam',
};

/** A pass phrase nobody else has. */
export function passPhrase() {
  return `calm-${randomBytes(9).toString('base64url')}-river`;
}

/** An address nobody else has. */
export function address(name) {
  return `${name}-${randomBytes(3).toString('hex')}@weirlane.example`;
}

/** Enters the code, the first person and the practice. */
export async function setUp(stage, { base, code }) {
  const priya = await stage.person('Priya Nair');
  priya.email = address('priya');
  priya.password = passPhrase();
  await stage.step('Priya opens Bedside for the first time and enters the code', async () => {
    await priya.go(`${base}/`);
    await priya.look('01-code', { record: '01-set-up.png' });
    await priya.fill({ code });
    await submit(priya);
  });
  await stage.step('she says who she is', async () => {
    await priya.fill({ name: priya.name, email: priya.email, password: priya.password });
    await priya.look('02-you');
    await submit(priya);
  });
  await stage.step('she describes the practice', async () => {
    await priya.fill(PRACTICE);
    await priya.look('03-practice');
    await submit(priya);
    await priya.go(`${base}/start`);
    await priya.look('04-start', { record: '02-first-steps.png' });
  });
  return priya;
}

/** Invites a person and lets them come in through the link, from the mail or from the page. */
export async function invite(stage, host, { base, smtpDir }, name, roles) {
  const email = address(name.split(' ')[1].toLowerCase());
  await stage.step(`${host.name} invites ${name}`, async () => {
    await host.go(`${base}/practice`);
    const form = host.page.locator('form[action="/practice/invitations"]');
    await host.fill({ name, email, roles }, form);
    await form.locator('button').last().click();
    await host.page.waitForLoadState();
    await host.sees(email);
    await host.look('05-people', { record: '03-invite.png' });
  });
  const guest = await stage.person(name);
  guest.email = email;
  guest.password = passPhrase();
  await stage.step(`${name} comes in through the link`, async () => {
    const text = smtpDir ? await messageTo(smtpDir, email) : await host.page.content();
    await guest.go(linkIn(text, base, '/invitations/'));
    await guest.fill({ name, password: guest.password });
    await guest.look('06-invitation');
    await submit(guest);
    await guest.go(`${base}/`);
    await guest.look('07-today-empty');
  });
  return guest;
}

/** Adds a page that is posted to by hand. */
export async function addFacebook(stage, person, { base }) {
  await stage.step(`${person.name} adds the practice's Facebook page, to be posted to by hand`, async () => {
    await person.go(`${base}/practice/channels/new?platform=facebook`);
    await person.fill({ name: 'Weir Lane Dental', address: 'https://www.facebook.com/weirlanedental' });
    await person.page.locator('main form[action="/practice/channels"] button').last().click();
    await person.page.waitForLoadState();
    await person.sees('Facebook');
  });
}

/** Writes a post for every channel and asks for a second opinion; gives the post's id. */
export async function writeAndAsk(person, { base }, text) {
  await person.go(`${base}/posts/new`);
  const channels = person.page.locator('[name="channels"]');
  for (let i = 0; i < (await channels.count()); i += 1) await channels.nth(i).check();
  await person.fill({ text, when: 'asap' });
  await person.send('act', 'ask');
  const id = person.page.url().match(/\/posts\/([^/?#]+)/)?.[1];
  if (!id || id === 'new') throw new Error(`not on the page of a post: ${person.page.url()}\n${await person.words()}`);
  return id;
}

/** Presses the one button of the page's main form. */
export async function submit(person) {
  await person.page.locator('main form button:not([name])').last().click();
  await person.page.waitForLoadState();
}
