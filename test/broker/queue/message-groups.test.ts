import { expect, test } from 'vitest';
import { MessageMemory } from '../../../src/broker/message/message-memory.ts';
import { GroupHolder, GroupLine, MessageGroup } from '../../../src/broker/queue/message-group.ts';
import {
  GROUP_WINDOW,
  type GroupWindow,
  MessageGroups,
} from '../../../src/broker/queue/message-groups.ts';
import { QueueMessages } from '../../../src/broker/queue/queue-messages.ts';
import { requeueAt } from '../../../src/broker/queue/returned-positions.ts';
import { tableOf } from '../../../src/protocol/field-value.ts';
import { incoming } from '../../support/core/messages.ts';

class World {
  readonly messages = new QueueMessages(new MessageMemory(1 << 30));
  readonly groups: MessageGroups;

  constructor(window?: GroupWindow) {
    this.groups = new MessageGroups(this.messages, ['key'], window);
  }

  enqueue(key: string, count = 1, bodyBytes = 1): void {
    const headers = tableOf({ key: { type: 'S', value: Buffer.from(key) } });
    const message = incoming({ body: Buffer.alloc(bodyBytes), properties: { headers } });
    for (let i = 0; i < count; i++) this.messages.enqueue(message);
  }

  /** The position that the holder gets next, passing further messages when it must. */
  take(holder: GroupHolder): number | undefined {
    this.groups.fill();
    for (;;) {
      const group = this.groups.nextFor(holder);
      if (group !== undefined) {
        this.groups.take(group);
        this.groups.hold(group, holder);
        return this.messages.takenPosition;
      }
      if (!this.groups.fillMore()) return undefined;
    }
  }

  settle(position: number): void {
    const segment = this.messages.find(position);
    this.groups.settled(segment, position - segment.base);
    this.messages.settleAt(segment, position - segment.base);
  }
}

test('who waits finds another group behind any number of messages of a held one, up to the window', () => {
  const world = new World({ ...GROUP_WINDOW, count: 10_000 });
  const [a, b] = [new GroupHolder(), new GroupHolder()];
  world.enqueue('hot', 9_000);
  world.enqueue('cold');
  world.enqueue('hot', 1_100);
  world.enqueue('too far');
  expect(world.take(a)).toBe(0);
  expect(world.take(b)).toBe(9_000);
  expect(world.take(b)).toBe(undefined);
  expect(world.groups.size).toBe(10_000);
  world.settle(0);
  expect(world.take(b)).toBe(1);
  // One message less: there is room for one more, and it is not enough.
  expect(world.take(a)).toBe(undefined);
  for (let position = 1; position < 101; position++) {
    world.settle(position);
    expect(world.take(b)).toBe(position + 1);
  }
  expect(world.take(a)).toBe(10_101);
});

test('the window is bounded in bytes, too', () => {
  const bytes = 2 * 1024 * 1024;
  const world = new World({ ...GROUP_WINDOW, bytes });
  const [a, b] = [new GroupHolder(), new GroupHolder()];
  world.enqueue('hot', 40, 100_000);
  world.enqueue('cold');
  expect(world.take(a)).toBe(0);
  expect(world.take(b)).toBe(undefined);
  expect(world.groups.size * 100_000).toBeLessThan(bytes + 200_000);
  let next = 1;
  while (world.take(b) !== 40) {
    world.settle(next - 1);
    expect(world.take(a)).toBe(next++);
  }
  expect(next).toBeGreaterThan(15);
});

test('what nobody waits for stays where it is: few messages are looked at ahead', () => {
  const world = new World();
  world.enqueue('a', 50_000);
  expect(world.take(new GroupHolder())).toBe(0);
  expect(world.groups.size).toBeLessThan(5_000);
});

test('groups take turns, and one key with many messages does not keep others waiting', () => {
  const world = new World();
  world.enqueue('a', 100);
  world.enqueue('b', 2);
  world.enqueue('c', 1);
  const holder = new GroupHolder();
  const taken = Array.from({ length: 7 }, () => world.take(holder));
  expect(taken).toEqual([0, 100, 102, 1, 101, 2, 3]);
});

test('a group that is settled is forgotten, and 10,000 of them leave nothing', () => {
  const world = new World();
  const holder = new GroupHolder();
  for (let round = 0; round < 3; round++) {
    for (let key = 0; key < 10_000; key++) world.enqueue(`${key}`);
    const taken: number[] = [];
    for (let next = world.take(holder); next !== undefined; next = world.take(holder))
      taken.push(next);
    expect(taken.length).toBe(10_000);
    expect(world.groups.groupCount).toBe(10_000);
    for (const position of taken) world.settle(position);
    expect(world.groups.groupCount).toBe(0);
    expect(world.groups.nextFor(holder)).toBe(undefined);
  }
});

test('many messages given back in any order are in order again, in little time', () => {
  const world = new World();
  const holder = new GroupHolder();
  world.enqueue('a', 50_000);
  for (let i = 0; i < 40_000; i++) world.take(holder);
  // 7 and 40,000 have no common divisor: each position once.
  for (let i = 0; i < 40_000; i++) requeueAt(world.messages, (i * 7) % 40_000);
  for (let i = 0; i < 50_000; i++) expect(world.take(holder) === i).toBe(true);
});

test('a line keeps its order when one leaves from its middle', () => {
  const line = new GroupLine();
  const groups = [1, 2, 3].map((id) => new MessageGroup(`${id}`, id));
  groups.forEach((group, turn) => {
    line.join(group, turn);
  });
  const [first, middle, last] = groups as [MessageGroup, MessageGroup, MessageGroup];
  line.leave(middle);
  expect(line.first).toBe(first);
  line.leave(first);
  expect(line.first).toBe(last);
  line.join(middle, 9);
  line.leave(last);
  expect(line.first).toBe(middle);
  line.leave(middle);
  expect(line.first).toBe(undefined);
});
