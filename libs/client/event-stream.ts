// Server-Sent Events as the standard says (WHATWG HTML, 9.2.6).

export interface ServerSentEvent {
  readonly event: string;
  /** What one goes on after once one has had this event: its own id, else the last one before it. Undefined: there was none yet. */
  readonly lastId: string | undefined;
  /** Whether the id is the event's own. */
  readonly hasOwnId: boolean;
  readonly data: string;
}

/** When to come back once the connection is lost, ms. */
export interface RetryHint {
  readonly retry: number;
}

/** @param lines of the body @param lastId of the connection before this one */
export async function* eventsIn(lines: AsyncIterable<string>, lastId?: string): AsyncGenerator<ServerSentEvent | RetryHint> {
  let data: string[] = [];
  let event = '';
  let hasOwnId = false;
  let isFirst = true;
  for await (const each of lines) {
    const line = isFirst ? each.replace(/^\uFEFF/, '') : each;
    isFirst = false;
    if (line === '') {
      if (data.length > 0) yield { event: event || 'message', lastId, hasOwnId, data: data.join('\n') };
      data = [];
      event = '';
      hasOwnId = false;
      continue;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id' && !value.includes('\0')) {
      lastId = value;
      hasOwnId = true;
    } else if (field === 'retry' && /^\d+$/.test(value)) yield { retry: Number(value) };
  }
}
