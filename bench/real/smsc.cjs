// An SMSC on the codec of the npm package smpp: it takes every submit_sm, writes one line of JSON to the file LOG before it answers, and sends
// a delivery receipt for each. The port it found stands on its first line of output.
'use strict';
const fs = require('fs');
const smpp = require('smpp');
const log = fs.openSync(process.env.LOG, 'a');
let taken = 0;

function receipt(session, pdu, id) {
  session.deliver_sm({
    source_addr: pdu.destination_addr, destination_addr: pdu.source_addr, esm_class: 4, receipted_message_id: id, message_state: 2,
    short_message: `id:${id} sub:001 dlvrd:001 submit date:2601010000 done date:2601010000 stat:DELIVRD err:000 text:-`,
  });
}

function submit(session, pdu) {
  const id = 'r' + (++taken);
  const udh = pdu.short_message && pdu.short_message.udh ? Buffer.concat(pdu.short_message.udh.map((e) => Buffer.isBuffer(e) ? e : Buffer.alloc(0))).toString('hex') : '';
  fs.writeSync(log, JSON.stringify({ to: pdu.destination_addr, coding: pdu.data_coding, esm: pdu.esm_class, udh }) + '\n');
  session.send(pdu.response({ message_id: id }));
  if (pdu.registered_delivery & 1) setTimeout(receipt, 20, session, pdu, id);
}

const server = smpp.createServer((session) => {
  session.on('error', () => {});
  session.on('pdu', (pdu) => {
    if (/^bind_/.test(pdu.command) && !/_resp$/.test(pdu.command)) {
      const known = pdu.password === process.env.PASSWORD;
      return session.send(pdu.response({ system_id: 'real', command_status: known ? 0 : 0x0e }));
    }
    if (pdu.command === 'submit_sm') return submit(session, pdu);
    if (pdu.command === 'enquire_link' || pdu.command === 'unbind') return session.send(pdu.response());
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit(0)).resume(); // it ends with who started it
