// Reads the CPU seconds and the resident memory of a process from /proc. Linux only: elsewhere `brokerProcessProblem`
// says so, and no other function here may be called.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Linux reports process times in ticks of USER_HZ, which is 100 on every architecture that Node supports. */
const ticksPerSecond = 100;

export interface ProcessUsage {
  readonly userSeconds: number;
  readonly systemSeconds: number;
  readonly residentMebibytes: number;
  readonly peakResidentMebibytes: number;
}

/** Why the process cannot be observed, or undefined. */
export function brokerProcessProblem(pid: number): string | undefined {
  if (process.platform !== 'linux') return '--pid needs /proc and works on Linux only';
  if (!existsSync(`/proc/${pid}/stat`)) return `--pid ${pid}: there is no such process`;
  return undefined;
}

/** Usage so far; undefined where the process has ended. */
export function readProcessUsage(pid: number): ProcessUsage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name may hold spaces and brackets: the fields start after the last bracket, with field 3.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return {
      userSeconds: Number(fields[11]) / ticksPerSecond,
      systemSeconds: Number(fields[12]) / ticksPerSecond,
      residentMebibytes: statusMebibytes(status, 'VmRSS'),
      peakResidentMebibytes: statusMebibytes(status, 'VmHWM'),
    };
  } catch {
    return undefined;
  }
}

/** Starts a new peak of resident memory; without permission the peak stays that of the whole process. */
export function resetPeakMemory(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // Needs the same user or root. The peak is then reported since the broker's start.
  }
}

function statusMebibytes(status: string, name: string): number {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status);
  return match === null ? 0 : Number(match[1]) / 1024;
}
