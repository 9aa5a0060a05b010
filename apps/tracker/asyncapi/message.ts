// The parts of an AsyncAPI 3 document of which messages are made.
import type { Schema } from '../openapi/types.js';

export interface MessageObject {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly contentType: string;
  readonly headers: Schema;
  readonly payload: Schema;
}

/** By their names in the document. */
export type Messages = Readonly<Record<string, MessageObject>>;
