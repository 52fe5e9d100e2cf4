// Starts a Bluesky personal data server (PDS) with the directory (PLC) it needs, both on loopback and in memory, prints
// one line of JSON with their addresses when they answer, and stops on SIGTERM or SIGINT.
//
//   node --require ./loopback.cjs pds.mjs [PORT]        a free port is taken when none is given

process.env.LOG_ENABLED ??= 'false';

const port = process.argv[2] === undefined ? undefined : Number(process.argv[2]);
if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65536)) {
  console.error('The port must be a whole number between 1 and 65535.');
  process.exit(2);
}

const { TestNetworkNoAppView } = await import('@atproto/dev-env');
const network = await TestNetworkNoAppView.create({ pds: { hostname: 'localhost', port } });
console.log(JSON.stringify({ pds: network.pds.url, plc: network.plc.url }));

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, async () => {
    if (stopping) return;
    stopping = true;
    await network.close();
    process.exit(0);
  });
}
