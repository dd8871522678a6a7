import { expect, it } from 'vitest';
import { asPersistent } from '../../../src/broker/message/as-persistent.ts';
import { recordOf } from '../../../src/broker/message/message-record.ts';
import { RECORD_FLAGS_OFFSET, RECORD_PERSISTENT } from '../../../src/broker/message/record.ts';
import { incoming } from '../../support/core/messages.ts';

const isPersistentRecord = (record: Buffer | undefined): boolean =>
  ((record?.[RECORD_FLAGS_OFFSET] as number) & RECORD_PERSISTENT) !== 0;

it('one queue keeps a transient message as persistent, the others see it as it was', () => {
  const message = incoming({ body: Buffer.from('body'), isPersistent: false });
  const shared = recordOf(message);
  message.record = shared;
  let own: Buffer | undefined;
  const outcome = asPersistent(message, () => {
    expect(message.isPersistent).toBe(true);
    own = message.record;
    return 7;
  });
  expect(outcome).toBe(7);
  expect(isPersistentRecord(own)).toBe(true);
  expect(isPersistentRecord(shared)).toBe(false);
  expect(own?.subarray(RECORD_FLAGS_OFFSET + 1)).toEqual(shared.subarray(RECORD_FLAGS_OFFSET + 1));
  expect(message.record).toBe(shared);
  expect(message.isPersistent).toBe(false);
});
