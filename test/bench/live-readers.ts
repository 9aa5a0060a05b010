// Many live connections, held by a process of their own.
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Posted } from './live-posts.js';

/** What some readers were told since the last time, of all of them together. */
export interface Told {
  /** From the 201 of a development until it came, ms. */
  readonly p50: number;
  readonly p99: number;
  /** Developments that did not come within a minute. */
  readonly missing: number;
  /** Messages that came again, or before their turn. */
  readonly disorder: number;
  readonly developments: number;
  readonly states: number;
}

interface Some {
  readonly from: number;
  readonly to: number;
}
export interface Measure extends Some {
  readonly do: 'measure';
  /** Position and time of each. */
  readonly posted: readonly (readonly [position: number, at: number])[];
}
export type Order =
  { readonly do: 'open'; readonly url: string; readonly count: number } | Measure | (Some & { readonly do: 'pause' | 'resume' });
export interface Answer {
  readonly told?: Told | undefined;
  readonly failure?: string;
}

export class LiveReaders {
  private constructor(
    private readonly child: ChildProcess,
    readonly count: number,
  ) {}

  /** Opens connections, and waits until each has its snapshot. */
  static async open(url: string, count: number): Promise<LiveReaders> {
    const child = fork(fileURLToPath(new URL('./live-reader-process.js', import.meta.url)));
    const readers = new LiveReaders(child, count);
    await readers.#order({ do: 'open', url, count });
    return readers;
  }

  pause(from: number, to: number): Promise<unknown> {
    return this.#order({ do: 'pause', from, to });
  }

  resume(from: number, to: number): Promise<unknown> {
    return this.#order({ do: 'resume', from, to });
  }

  /** Waits until some readers have what was posted. */
  async measure(posted: readonly Posted[], from = 0, to = this.count): Promise<Told> {
    return (await this.#order({ do: 'measure', posted: posted.map(({ position, at }) => [position, at]), from, to }))!;
  }

  close(): void {
    this.child.disconnect();
  }

  #order(order: Order): Promise<Told | undefined> {
    return new Promise((resolve, reject) => {
      this.child.once('message', ({ told, failure }: Answer) => (failure === undefined ? resolve(told) : reject(new Error(failure))));
      this.child.send(order);
    });
  }
}
