// Registers: the reference data of a crisis. A name always resolves; nothing of a register is removed.
import { RELIABILITIES, type Reliability } from '../admiralty.js';
import { Language, OneOf, Optional, Slug, Slugs, Text, WebAddress } from '../fields.js';
import { TEXT_MAX } from './envelope.js';

export const ACTOR_KINDS = ['state', 'organisation', 'group', 'person'] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

export class CrisisEntry {
  @Text(300) title!: string;
}

export class ActorEntry {
  @Text(200) name!: string;
  @OneOf(ACTOR_KINDS) kind!: ActorKind;
  @Optional() @Slug() affiliation?: string;
  @Optional() @Slugs() memberOf?: string[];
}

export class IssueEntry {
  @Text(300) title!: string;
}

export class SourceEntry {
  @Text(200) name!: string;
  @OneOf(RELIABILITIES) reliability!: Reliability;
  @Optional() @WebAddress() url?: string;
  @Optional() @Language() language?: string;
}

/** A source's new grade, and nothing else about it. */
export class SourceGrade {
  @OneOf(RELIABILITIES) reliability!: Reliability;
}

export class TrackEntry {
  @Text(300) title!: string;
  @Slugs(1) parties!: string[];
}

export class ClosureEntry {
  @Optional() @Text(TEXT_MAX) note?: string;
}
