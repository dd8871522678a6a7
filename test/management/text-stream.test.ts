import { expect, it } from 'vitest';
import { streamOf } from '../../src/management/text-stream.ts';

async function* parts(texts: readonly string[], error?: Error) {
  yield* texts;
  if (error !== undefined) throw error;
}

it('a stream is its parts', async () => {
  const failures: unknown[] = [];
  const stream = streamOf(parts(['a', 'ü']), (error) => failures.push(error));
  expect([await new Response(stream).text(), failures]).toEqual(['aü', []]);
});

it('a part that cannot be made is reported, and ends it as an error', async () => {
  const failures: unknown[] = [];
  const error = new Error('no more');
  const stream = streamOf(parts(['a'], error), (failure) => failures.push(failure));
  await expect(new Response(stream).text()).rejects.toThrow();
  expect(failures).toEqual([error]);
});

it('a client that goes away while a part is made is no failure', async () => {
  const failures: unknown[] = [];
  const steps: string[] = [];
  let make: (text: string) => void = () => undefined;
  const part = new Promise<string>((resolve) => {
    make = resolve;
  });
  async function* slow() {
    try {
      steps.push('asked');
      yield await part;
    } finally {
      steps.push('ended');
    }
  }
  const reader = streamOf(slow(), (error) => failures.push(error)).getReader();
  const read = reader.read();
  await new Promise((resolve) => setImmediate(resolve));
  const cancelled = reader.cancel();
  make('late');
  await Promise.all([read, cancelled]);
  expect([failures, steps]).toEqual([[], ['asked', 'ended']]);
});
