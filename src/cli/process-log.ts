// The log of the process: pino on standard error, readable on a terminal, JSON lines otherwise.
// Standard output stays free for the ready line.

import pino from 'pino';
import pretty from 'pino-pretty';
import type { LogLevel } from '../config/config.ts';
import type { Log } from '../network/log.ts';

const levels: Readonly<Record<LogLevel, pino.LevelWithSilent>> = {
  debug: 'debug',
  info: 'info',
  warning: 'warn',
  error: 'error',
  critical: 'fatal',
  none: 'silent',
};

const STANDARD_ERROR = 2;
/** More is not held back until the end of a turn. */
const BATCH_BYTES = 8 * 1024;
const WARN_LEVEL = 40;

export function createProcessLog(level: LogLevel): Log {
  return pino(
    {
      level: levels[level],
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    process.stderr.isTTY ? pretty({ destination: STANDARD_ERROR, sync: true }) : batchedLines(),
  );
}

/**
 * What one turn of the event loop logs is written at its end, in one go and before anything else happens: a
 * thousand clients that connect at once are no thousand writes. A warning, and what stands before it, is
 * written at once, and so is what is left at an exit.
 */
function batchedLines(): pino.DestinationStream {
  const file = pino.destination({ dest: STANDARD_ERROR, sync: true, minLength: BATCH_BYTES });
  let isScheduled = false;
  const flush = () => {
    isScheduled = false;
    file.flush();
  };
  process.on('exit', () => file.flushSync());
  return {
    // Asks pino to tell the level of each line.
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    write(this: { lastLevel: number }, line: string) {
      file.write(line);
      if (this.lastLevel >= WARN_LEVEL) return file.flush();
      if (isScheduled) return;
      isScheduled = true;
      setImmediate(flush);
    },
  } as pino.DestinationStream;
}
