// What a process has cost so far, as Linux says it; where there is no /proc, NaN.
import { readFileSync } from 'node:fs';

/** How many ticks of `/proc/<pid>/stat` are a second: 100 on every Linux that there is. */
const TICKS_PER_SECOND = 100;

export function residentMib(pid: number): number {
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1] ?? NaN) / 1024);
}

/** Time on a processor, of all its threads, ms. */
export function processorMs(pid: number): number {
  // The name of the program stands in brackets and may hold spaces.
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)!.split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
