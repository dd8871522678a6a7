// Moves many messages in requests of a bounded size, so that there is progress to show and a moment to stop.

export interface PortionsProgress {
  readonly wanted: number;
  readonly moved: number;
  readonly perSecond: number;
  readonly isRunning: boolean;
}

export interface Portions {
  /** Resolves to the number of messages moved; rejects with what the server refused. */
  readonly done: Promise<number>;
  /** No further portion is asked for; the one under way is finished. */
  stop(): void;
}

const PORTION = 500;

export function runPortions(
  wanted: number,
  move: (count: number) => Promise<{ readonly moved: number }>,
  onProgress: (progress: PortionsProgress) => void,
  nowMs: () => number,
): Portions {
  let isStopped = false;
  const run = async () => {
    const startedMs = nowMs();
    let moved = 0;
    const report = (isRunning: boolean) => {
      const seconds = Math.max(0.001, (nowMs() - startedMs) / 1000);
      onProgress({ wanted, moved, perSecond: moved / seconds, isRunning });
    };
    report(true);
    try {
      while (moved < wanted && !isStopped) {
        const portion = await move(Math.min(PORTION, wanted - moved));
        moved += portion.moved;
        if (portion.moved === 0) break;
        report(true);
      }
    } finally {
      report(false);
    }
    return moved;
  };
  return {
    done: run(),
    stop: () => {
      isStopped = true;
    },
  };
}
