// An SMSC on the codec of the npm package smpp. It takes every submit_sm and counts by number; each line on its input is answered with what
// came since the line before, as one line of JSON. The port it found stands on its first line of output.
'use strict';
const smpp = require('smpp');
let taken = 0;
let seen = new Map();

const server = smpp.createServer((session) => {
  session.on('error', () => {});
  session.on('pdu', (pdu) => {
    if (pdu.command === 'submit_sm') {
      seen.set(pdu.destination_addr, (seen.get(pdu.destination_addr) || 0) + 1);
      return session.send(pdu.response({ message_id: 'r' + (++taken) }));
    }
    if (/^bind_/.test(pdu.command) && !/_resp$/.test(pdu.command)) return session.send(pdu.response({ system_id: 'npm' }));
    if (pdu.command === 'enquire_link' || pdu.command === 'unbind') return session.send(pdu.response());
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('data', () => {
  let count = 0;
  for (const n of seen.values()) count += n;
  console.log(JSON.stringify({ count, numbers: seen.size }));
  seen = new Map();
}).on('end', () => process.exit(0)); // it ends with who started it
