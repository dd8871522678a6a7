// A component's answer from the API, asked for again as often as the user chose. While a new address is asked, the old
// answer stays in place: a list must not jump when its next page is on the way.
import { effect, signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { refreshSeconds } from '../preferences.ts';
import { noticeLostSession } from '../session.ts';
import { Poll } from './poll.ts';
import { ApiError, type RequestOptions, request } from './request.ts';

/** Counts what this page changed: everything on it is asked for again at once. */
export const changes = signal(0);

/** An outage, or an object that is gone while its page is open; anything else the asker shows where it belongs. */
const isPassing = (error: Error) =>
  error instanceof ApiError && (error.isOutage || error.status === 404);

/** What could not be asked for again, by its address; what is shown of it is old. */
export const failures = signal<ReadonlyMap<string, string>>(new Map());

function noteFailure(key: string, message: string | undefined): void {
  if (failures.peek().get(key) === message) return;
  const next = new Map(failures.peek());
  if (message === undefined) next.delete(key);
  else next.set(key, message);
  failures.value = next;
}

export interface Polled<Result> {
  readonly value: Result | undefined;
  readonly error: Error | undefined;
  /** The value is still the one of the address before. */
  readonly isOld: boolean;
}

interface Answer<Result> {
  readonly key: string;
  readonly value: Result | undefined;
  readonly error: Error | undefined;
}

const timer = {
  set: (callback: () => void, delayMs: number) => window.setTimeout(callback, delayMs),
  clear: (handle: unknown) => window.clearTimeout(handle as number),
};

interface PolledOptions {
  /** Instead of as often as the user chose. 0 asks again only after this page changed something. */
  readonly everyMs?: number;
}

/** Without a path it asks nothing. */
export function usePolled<Result>(
  path: readonly string[] | undefined,
  query: RequestOptions['query'] = {},
  { everyMs }: PolledOptions = {},
): Polled<Result> {
  const key = path === undefined ? '' : JSON.stringify([path, query]);
  const [answer, setAnswer] = useState<Answer<Result>>({ key, value: undefined, error: undefined });
  const wanted = useRef({ path, query });
  wanted.current = { path, query };
  useEffect(() => {
    const { path: segments, query: options } = wanted.current;
    if (segments === undefined) return;
    const stop = poll<Result>(
      everyMs,
      (abort) => request('GET', segments, { query: options, signal: abort }),
      (value) => {
        noteFailure(key, undefined);
        setAnswer({ key, value, error: undefined });
      },
      (error) => {
        noteFailure(key, isPassing(error) ? error.message : undefined);
        setAnswer((before) => ({ key, value: before.value, error }));
      },
    );
    return () => {
      stop();
      noteFailure(key, undefined);
    };
  }, [key, everyMs]);
  return { value: answer.value, error: answer.error, isOld: answer.key !== key };
}

function poll<Result>(
  everyMs: number | undefined,
  load: (abort: AbortSignal) => Promise<Result>,
  onResult: (value: Result) => void,
  onError: (error: Error) => void,
): () => void {
  const one = new Poll<Result>({
    load,
    onResult,
    onError: (error) => {
      noticeLostSession(error);
      onError(error instanceof Error ? error : new Error(String(error)));
    },
    intervalMs: () => everyMs ?? refreshSeconds.peek() * 1000,
    timer,
  });
  const follow = () => one.setHidden(document.hidden);
  document.addEventListener('visibilitychange', follow);
  follow();
  const stopFollowing = effect(() => {
    void changes.value;
    if (everyMs === undefined) void refreshSeconds.value;
    one.refresh();
  });
  return () => {
    stopFollowing();
    document.removeEventListener('visibilitychange', follow);
    one.stop();
  };
}
