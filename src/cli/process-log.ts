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

export function createProcessLog(level: LogLevel): Log {
  const STANDARD_ERROR = 2;
  // Synchronous, so that the last lines before an exit are not lost.
  const destination = process.stderr.isTTY
    ? pretty({ destination: STANDARD_ERROR, sync: true })
    : pino.destination({ dest: STANDARD_ERROR, sync: true });
  return pino(
    {
      level: levels[level],
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
}
