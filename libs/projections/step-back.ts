import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';

/**
 * Where cores are short, recording and answering go before what this thread does. On systems that set the priority of whole
 * processes only, nothing.
 */
export function stepBack(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), 10);
  } catch {
    // no such thing here
  }
}
