// Starts `bedside serve` on an empty folder and a free port, and reads the address and the one-time code that it prints.

import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const READY_WITHIN = 30_000;
const GONE_WITHIN = 10_000;

/** A port on loopback that is free now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * Starts the program for one story.
 *
 * @param {string} story names the log
 * @param {{bin: string, results: string, smtp?: string}} settings
 */
export async function startBedside(story, settings) {
  const data = await mkdtemp(join(settings.results, 'data-'));
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const env = { ...process.env };
  if (settings.smtp) {
    env.BEDSIDE_SMTP = `smtp://${settings.smtp}`;
    env.BEDSIDE_MAIL_FROM = 'bedside@weirlane.example';
  }
  // The Bluesky server of the tests is on this machine.
  if (settings.pds) env.BEDSIDE_ALLOW_LOCAL_SERVICE = 'true';
  const log = createWriteStream(join(settings.results, `${story}-server.log`));
  let child;
  let words = '';

  const start = () =>
    new Promise((resolve, reject) => {
      const args = ['serve', '--data', data, '--listen', `127.0.0.1:${port}`, '--public-address', base];
      child = spawn(settings.bin, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
      const said = { address: undefined, code: undefined };
      const timer = setTimeout(() => reject(new Error(`bedside was not ready within ${READY_WITHIN / 1000} s`)), READY_WITHIN);
      const done = () => {
        clearTimeout(timer);
        resolve(said);
      };
      child.once('error', reject);
      child.once('exit', (code) => {
        clearTimeout(timer);
        reject(new Error(`bedside ended with ${code} before it was ready:\n${words}`));
      });
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk) => {
          words = (words + chunk).slice(-4000);
          log.write(chunk);
        });
      }
      createInterface({ input: child.stdout }).on('line', (line) => {
        said.address ??= line.match(/^Bedside is at (\S+)$/)?.[1];
        said.code ??= line.match(/one-time code: (\S+)$/)?.[1];
        // The code is only printed while nobody has been set up, so a later start is ready with its address.
        if (said.address && (said.code || started)) done();
      });
    });

  let started = false;
  const stop = async (signal = 'SIGTERM') => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), GONE_WITHIN);
    await gone;
    clearTimeout(timer);
  };

  try {
    const said = await start();
    started = true;
    return {
      base,
      code: said.code,
      data,
      lastWords: () => words.split('\n').slice(-15).join('\n'),
      /** Ends the program as a power cut would and starts it again on the same folder. */
      async crashAndReturn() {
        await stop('SIGKILL');
        await start();
      },
      async stop() {
        await stop();
        log.end();
        await rm(data, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await stop('SIGKILL');
    log.end();
    await rm(data, { recursive: true, force: true });
    throw error;
  }
}
