// Bad SASL responses and refused logins.

import type { BadInput, Outcome } from './bad-input.ts';
import * as client from './methods.ts';
import { EMPTY_TABLE, entry, longString, table, u8, u32 } from './wire.ts';

const DROPPED: Outcome = { end: 'dropped' };

const REFUSED = (mechanism: string): Outcome => ({
  end: 'connection',
  code: 403,
  text: `ACCESS_REFUSED - Login was refused using authentication mechanism ${mechanism}. For details see the broker logfile.`,
  on: [0, 0],
});

const NO_CAPABILITY = EMPTY_TABLE;
const started = 'started';

const LOGIN: BadInput[] = [
  {
    name: 'an unknown mechanism',
    stage: started,
    bytes: client.startOk('KERBEROS', 'x'),
    expected: DROPPED,
  },
  {
    name: 'a lower-case mechanism',
    stage: started,
    bytes: client.startOk('plain', '\0guest\0guest'),
    expected: DROPPED,
  },
  {
    name: 'PLAIN without separators',
    stage: started,
    bytes: client.startOk('PLAIN', 'guestguest'),
    expected: DROPPED,
  },
  {
    name: 'PLAIN with an authorization identity',
    stage: started,
    bytes: client.startOk('PLAIN', 'root\0guest\0guest'),
    expected: DROPPED,
  },
  {
    name: 'PLAIN with a third part',
    stage: started,
    bytes: client.startOk('PLAIN', '\0guest\0guest\0guest'),
    expected: DROPPED,
  },
  {
    name: 'PLAIN with an empty response',
    stage: started,
    bytes: client.startOk('PLAIN', ''),
    expected: DROPPED,
  },
  {
    name: 'AMQPLAIN that is not a table',
    stage: started,
    bytes: client.startOk('AMQPLAIN', Buffer.from('ffffffff', 'hex')),
    expected: DROPPED,
  },
  {
    name: 'AMQPLAIN without a password',
    stage: started,
    bytes: client.startOk('AMQPLAIN', entry('LOGIN', 'S', longString('guest'))),
    expected: DROPPED,
  },
  {
    name: 'AMQPLAIN with an integer password',
    stage: started,
    bytes: client.startOk(
      'AMQPLAIN',
      Buffer.concat([entry('LOGIN', 'S', longString('guest')), entry('PASSWORD', 'I', u32(5))]),
    ),
    expected: DROPPED,
    rabbit: REFUSED('AMQPLAIN'),
  },
  {
    name: 'a wrong password',
    stage: started,
    bytes: client.startOk('PLAIN', '\0guest\0wrong'),
    expected: REFUSED('PLAIN'),
  },
  {
    name: 'an empty password',
    stage: started,
    bytes: client.startOk('PLAIN', '\0guest\0'),
    expected: REFUSED('PLAIN'),
  },
  {
    name: 'a user called __proto__',
    stage: started,
    bytes: client.startOk('PLAIN', '\0__proto__\0constructor'),
    expected: REFUSED('PLAIN'),
  },
  {
    name: 'a wrong password by AMQPLAIN',
    stage: started,
    bytes: client.startOk(
      'AMQPLAIN',
      Buffer.concat([
        entry('LOGIN', 'S', longString('guest')),
        entry('PASSWORD', 'S', longString('x')),
      ]),
    ),
    expected: REFUSED('AMQPLAIN'),
  },
  {
    name: 'a wrong password of a client without authentication_failure_close',
    stage: started,
    bytes: client.startOk('PLAIN', '\0guest\0wrong', NO_CAPABILITY),
    expected: DROPPED,
  },
  {
    name: 'capabilities of a wrong type with a wrong password',
    stage: started,
    bytes: client.startOk('PLAIN', '\0guest\0wrong', table(entry('capabilities', 't', u8(1)))),
    expected: DROPPED,
  },
];

export const BAD_LOGINS: readonly BadInput[] = [...LOGIN];
