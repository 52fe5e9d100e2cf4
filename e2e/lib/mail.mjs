// Messages that the mail server of the tests took.

import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Waits for a message to an address and gives its text. */
export async function messageTo(folder, address, within = 20_000) {
  const end = Date.now() + within;
  for (;;) {
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.eml')).sort().reverse()) {
      const raw = await readFile(join(folder, file), 'utf8');
      if (raw.match(/^X-RcptTo: (.*)$/m)?.[1].includes(address)) return decoded(raw);
    }
    if (Date.now() > end) throw new Error(`no message to ${address} within ${within / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The text of a message, whichever of the usual ways it was packed for transport. */
function decoded(raw) {
  if (/^Content-Transfer-Encoding: base64/im.test(raw)) {
    const body = raw.split(/\r?\n\r?\n/).slice(1).join('\n\n');
    return Buffer.from(body, 'base64').toString('utf8');
  }
  if (/^Content-Transfer-Encoding: quoted-printable/im.test(raw)) {
    const bytes = raw.replaceAll(/=\r?\n/g, '').replaceAll(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    return Buffer.from(bytes, 'latin1').toString('utf8');
  }
  return raw;
}

/** The first address in a text whose path begins so. */
export function linkIn(text, base, path) {
  const link = text.match(new RegExp(`${base.replaceAll('.', '\\.')}${path}[^\\s"<>]+`))?.[0];
  if (!link) throw new Error(`no link to ${path} in the message`);
  return link;
}
