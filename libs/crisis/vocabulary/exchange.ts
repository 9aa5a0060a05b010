// The exchange: proposals, promises, responses, agreements. Who owes whom an answer follows from these.
import { Due, OneOf, Optional, Slug, Slugs, Text } from '../fields.js';
import { Envelope, TEXT_MAX } from './envelope.js';

export const RESPONSE_FORMS = ['written', 'oral'] as const;
export const ANSWERS = ['accepts', 'partly-accepts', 'counters', 'rejects', 'undisclosed'] as const;

export class ProposalTabled extends Envelope {
  declare type: 'ProposalTabled';
  @Slug() by!: string;
  @Slugs(1) to!: string[];
  @Text(300) title!: string;
}

export class ProposalWithdrawn extends Envelope {
  declare type: 'ProposalWithdrawn';
  @Slug() proposal!: string;
}

export class ResponsePromised extends Envelope {
  declare type: 'ResponsePromised';
  @Slug() by!: string;
  @Slug() to!: string;
  @Optional() @Slug() proposal?: string;
  @Text(TEXT_MAX) undertaking!: string;
  /** EDTF; its end may be open. The promise is overdue after its latest moment. */
  @Optional() @Due() dueBy?: string;
  /** A promise that this one extends or replaces, and closes as `renewed`. */
  @Optional() @Slug() renews?: string;
}

export class PromiseWithdrawn extends Envelope {
  declare type: 'PromiseWithdrawn';
  @Slug() promise!: string;
}

export class ResponseDelivered extends Envelope {
  declare type: 'ResponseDelivered';
  @Slug() by!: string;
  @Slug() to!: string;
  @Optional() @Slug() proposal?: string;
  @Optional() @Slug() promise?: string;
  @OneOf(RESPONSE_FORMS) form!: (typeof RESPONSE_FORMS)[number];
  @Optional() @Slug() deliveredBy?: string;
  @Optional() @Slug() receivedBy?: string;
  @Optional() @OneOf(ANSWERS) answer?: (typeof ANSWERS)[number];
}

export class AgreementReached extends Envelope {
  declare type: 'AgreementReached';
  @Slugs(1) parties!: string[];
  @Text(300) title!: string;
}
