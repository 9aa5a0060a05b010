// One call on which many appends are under way at once: the server's fast way, without the client's own register of them,
// which all clients of a thread share and empty for each other.
import { randomUUID } from 'node:crypto';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import { appendAnswer, type AppendAnswer } from './append-message.js';
import type { BatchAppendCall } from './connection.js';
import { isPassing, reasonOf, wasNeverSent } from './failure.js';
import { textOfUuid, uuidOf } from './uuid.js';

/** What became of an append that the server did not answer. */
export type NoAnswer =
  /** Nothing came to a server. */
  | { readonly kind: 'not-sent'; readonly reason: string }
  | { readonly kind: 'not-answered'; readonly reason: string; readonly passing: boolean };

export class AppendCall {
  readonly #underWay = new Map<string, (answer: AppendAnswer | NoAnswer) => void>();
  #answered = false;
  #ended: NoAnswer | undefined;

  constructor(private readonly call: BatchAppendCall) {
    call.on('data', (response: streams.BatchAppendResp) => {
      this.#answered = true;
      const settle = this.#underWay.get(textOfUuid(response.getCorrelationId()!));
      settle?.(appendAnswer(response)); // else nobody waits for it any more
    });
    call.on('error', (error) => this.#end(error));
    call.on('end', () => this.#end(new Error('The server ended the call')));
    call.on('close', () => this.#end(new Error('The call was closed')));
  }

  get isOver(): boolean {
    return this.#ended !== undefined;
  }

  /** Never rejects. @param patience ms, after which it counts as not answered */
  append(request: streams.BatchAppendReq, patience: number): Promise<AppendAnswer | NoAnswer> {
    if (this.#ended !== undefined) return Promise.resolve({ kind: 'not-sent', reason: this.#ended.reason });
    const id = randomUUID();
    return new Promise((resolve) => {
      const settle = (answer: AppendAnswer | NoAnswer): void => {
        clearTimeout(deadline);
        this.#underWay.delete(id);
        resolve(answer);
      };
      const reason = 'The event store did not answer in time';
      const deadline = setTimeout(() => settle({ kind: 'not-answered', reason, passing: true }), patience);
      this.#underWay.set(id, settle);
      this.call.write(request.setCorrelationId(uuidOf(id)));
    });
  }

  #end(error: unknown): void {
    if (this.#ended !== undefined) return;
    const reason = reasonOf(error);
    // Who has answered once was there.
    this.#ended =
      wasNeverSent(error) && !this.#answered ? { kind: 'not-sent', reason } : { kind: 'not-answered', reason, passing: isPassing(error) };
    for (const settle of this.#underWay.values()) settle(this.#ended);
  }
}
