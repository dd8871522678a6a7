// THE tables of the process's exit codes. Supervisors and scripts act on them, so a number never
// changes its meaning; where sysexits.h has a number for the case, it is that one.

/** Of `warren start`. */
export const exitCodes = {
  /** Stopped by SIGTERM or SIGINT with everything stored. */
  stopped: 0,
  /** Wrong command line. */
  usage: 64,
  /** The data directory holds damaged files. Nothing was changed. */
  dataDamaged: 65,
  /** The listen address is in use or cannot be had. */
  cannotListen: 69,
  /** A bug, or the store failed while running: a restart is right, and loses nothing confirmed. */
  failed: 70,
  /** The data directory was written by a newer version. */
  dataNewer: 71,
  /** The data directory cannot be used: permissions, disk full, input or output error. */
  dataUnavailable: 74,
  /** Another process has the data directory. */
  dataLocked: 75,
  /** Mistakes in configuration file, environment or flags. */
  config: 78,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Of the commands that administer a broker. */
export const adminExitCodes = {
  done: 0,
  /** Not done for a reason without a number of its own, such as a confirmation that was refused. */
  failed: 1,
  /** Done for some of the names that were given. */
  partly: 2,
  usage: 64,
  /** The broker refused what it was given, or the user's name and password. */
  badData: 65,
  notFound: 66,
  /** rabbitmqctl's number for a user that does not exist; `warren ctl` only. */
  noSuchUser: 67,
  /** The broker cannot be reached, or a check found it unhealthy. */
  unavailable: 69,
  internal: 70,
  /** It exists already, with other properties. */
  exists: 73,
  timeout: 75,
  /** The user may not do this. */
  denied: 77,
  /** Mistakes in the profile file. */
  config: 78,
  interrupted: 130,
} as const;

export type AdminExitCode = (typeof adminExitCodes)[keyof typeof adminExitCodes];

/** One line each, for --help. */
export const adminExitCodeMeanings: Readonly<Record<keyof typeof adminExitCodes, string>> = {
  done: 'done',
  failed: 'not done',
  partly: 'done for some of the names given',
  usage: 'wrong command line, or a confirmation is needed (--yes)',
  badData: 'the broker refused the values, or user name and password',
  notFound: 'there is no such object',
  noSuchUser: 'there is no such user (warren ctl)',
  unavailable: 'the broker cannot be reached, or is unhealthy',
  internal: 'an error of the broker or of this command',
  exists: 'it exists with other properties',
  timeout: 'no answer in time',
  denied: 'the user may not do this',
  config: 'mistakes in the profile file',
  interrupted: 'interrupted',
};
