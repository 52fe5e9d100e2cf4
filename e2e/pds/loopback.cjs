// Preloaded into the test servers: whatever they listen on, they listen on 127.0.0.1 only. Their own default is every
// interface, which on a laptop in a waiting room would open a server with known passwords to the whole network.
'use strict';

const net = require('node:net');

const LOOPBACK = '127.0.0.1';
const original = net.Server.prototype.listen;

/** `server.listen` takes its port as an options object, or as a first argument that a host or other values may follow. */
function pinned(args) {
  const [first, second, ...rest] = args;
  if (first !== null && typeof first === 'object' && 'port' in first) {
    return [{ ...first, host: LOOPBACK }, ...args.slice(1)];
  }
  const isPort = typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first));
  if (!isPort) {
    return args;
  }
  return typeof second === 'string' ? [first, LOOPBACK, ...rest] : [first, LOOPBACK, ...args.slice(1)];
}

net.Server.prototype.listen = function listenOnLoopback(...args) {
  return original.apply(this, pinned(args));
};
