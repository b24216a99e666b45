// A carrier on the npm package "smpp", an SMPP codec that shares nothing with ours. It prints {"port":N}, then one line of JSON for each
// submit_sm (none with QUIET=1), and the number of them when its input ends. A line of JSON on its input is sent as deliver_sm.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

const smpp = createRequire(join(process.env.NODE_MODULES, 'here.js'))('smpp');
const say = (value) => process.stdout.write(JSON.stringify(value) + '\n');
const quiet = process.env.QUIET === '1';
let count = 0;
let last = null;

const receiptText = (id) => `id:${id} sub:001 dlvrd:001 submit date:2611221200 done date:2611221201 stat:DELIVRD err:000 text:`;

function submitted(session, pdu) {
  const id = `n${++count}`;
  session.send(pdu.response({ message_id: id }));
  if (!quiet) {
    const { short_message: short, message_payload: payload } = pdu;
    const body = payload ?? short;
    say({
      id, from: pdu.source_addr, fromTON: pdu.source_addr_ton, to: pdu.destination_addr, toTON: pdu.dest_addr_ton, toNPI: pdu.dest_addr_npi,
      esm: pdu.esm_class, coding: pdu.data_coding, priority: pdu.priority_flag, registered: pdu.registered_delivery,
      text: body.message ?? String(body), udh: body.udh ? Buffer.concat(body.udh).toString('hex') : '',
    });
  }
  if (pdu.registered_delivery & 1) {
    session.deliver_sm({
      source_addr: pdu.destination_addr, destination_addr: pdu.source_addr, esm_class: 4,
      receipted_message_id: id, message_state: 2, short_message: receiptText(id),
    });
  }
}

const server = smpp.createServer((session) => {
  last = session;
  session.on('pdu', (pdu) => {
    if (/^bind_(transceiver|transmitter|receiver)$/.test(pdu.command)) {
      session.send(pdu.response({ system_id: 'npm', command_status: pdu.password === process.env.PASSWORD ? 0 : smpp.ESME_RINVPASWD }));
    } else if (pdu.command === 'submit_sm') {
      submitted(session, pdu);
    } else if (pdu.command === 'enquire_link' || pdu.command === 'unbind') {
      session.send(pdu.response());
    }
  });
  session.on('error', () => {});
});
server.listen(0, '127.0.0.1', () => say({ port: server.address().port }));

createInterface({ input: process.stdin })
  .on('line', (line) => last.deliver_sm(JSON.parse(line), (answer) => say({ answered: answer.command_status })))
  .on('close', () => { say({ count }); process.exit(0); });
