import { beforeEach, describe, expect, it } from 'vitest';
import { Poll } from '../../../src/management/ui/http/poll.ts';

/** One request at a time, answered by hand; one timer at a time, run by hand. */
class World {
  readonly asked: { answer: (value: string) => void; fail: (error: Error) => void }[] = [];
  readonly seen: string[] = [];
  timers: { callback: () => void; delayMs: number }[] = [];
  aborted = 0;
  readonly poll = new Poll<string>({
    load: (signal) => {
      signal.addEventListener('abort', () => this.aborted++);
      return new Promise((answer, fail) => this.asked.push({ answer, fail }));
    },
    onResult: (result) => this.seen.push(result),
    onError: (error) => this.seen.push(`failed: ${(error as Error).message}`),
    intervalMs: () => 1000,
    timer: {
      set: (callback, delayMs) => {
        const timer = { callback, delayMs };
        this.timers.push(timer);
        return timer;
      },
      clear: (handle) => {
        this.timers = this.timers.filter((timer) => timer !== handle);
      },
    },
  });

  async answer(value: string): Promise<void> {
    this.asked.at(-1)?.answer(value);
    await settled();
  }

  async fail(message: string): Promise<void> {
    this.asked.at(-1)?.fail(new Error(message));
    await settled();
  }

  async tick(): Promise<void> {
    this.timers.shift()?.callback();
    await settled();
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
let world: World;

beforeEach(() => {
  world = new World();
});

describe('a poll', () => {
  it('asks, shows, waits, and asks again', async () => {
    world.poll.refresh();
    await world.answer('one');
    expect([world.seen, world.timers.map(({ delayMs }) => delayMs)]).toEqual([['one'], [1000]]);
    await world.tick();
    await world.answer('two');
    expect(world.seen).toEqual(['one', 'two']);
  });

  it('never asks twice at once: a refresh under way asks once more when it is over', async () => {
    world.poll.refresh();
    world.poll.refresh();
    world.poll.refresh();
    expect(world.asked).toHaveLength(1);
    await world.answer('old');
    expect([world.asked.length, world.timers.length]).toEqual([2, 0]);
    await world.answer('new');
    expect([world.seen, world.asked.length, world.timers.length]).toEqual([['old', 'new'], 2, 1]);
  });

  it('asks less often while it fails, and as often as before when it works again', async () => {
    world.poll.refresh();
    const delays: number[] = [];
    for (let round = 0; round < 8; round++) {
      await world.fail('down');
      delays.push(world.timers[0]?.delayMs ?? 0);
      await world.tick();
    }
    expect(delays).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    await world.answer('up');
    expect(world.timers.map(({ delayMs }) => delayMs)).toEqual([1000]);
  });

  it('is silent while nobody looks, and asks at once for whoever comes back', async () => {
    world.poll.refresh();
    await world.answer('one');
    world.poll.setHidden(true);
    expect(world.timers).toEqual([]);
    world.poll.refresh();
    await settled();
    expect(world.asked).toHaveLength(1);
    world.poll.setHidden(false);
    expect(world.asked).toHaveLength(2);
  });

  it('starts no timer when it was hidden during a request', async () => {
    world.poll.refresh();
    world.poll.setHidden(true);
    await world.answer('one');
    expect([world.seen, world.timers]).toEqual([['one'], []]);
    world.poll.setHidden(false);
    expect(world.asked).toHaveLength(2);
  });

  it('shows nothing more once it is stopped', async () => {
    world.poll.refresh();
    world.poll.stop();
    expect(world.aborted).toBe(1);
    await world.answer('late');
    expect([world.seen, world.timers, world.asked.length]).toEqual([[], [], 1]);
  });
});
