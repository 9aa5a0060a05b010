// Meetings: announced, moved, cancelled, held. What was not reported is not invented.
import { Occurrence, OneOf, Optional, Slug, Slugs, Whole } from '../fields.js';
import { Envelope } from './envelope.js';

export const MEETING_FORMATS = ['in-person', 'call', 'video', 'written'] as const;
export type MeetingFormat = (typeof MEETING_FORMATS)[number];

export const DURATION_QUALIFIERS = ['about', 'at-least', 'at-most'] as const;
export const OUTCOMES = ['agreement', 'progress', 'inconclusive', 'no-breakthrough', 'breakdown'] as const;

export class MeetingAnnounced extends Envelope {
  declare type: 'MeetingAnnounced';
  /** EDTF: the span in which it is to take place. */
  @Occurrence() scheduledFor!: string;
  @Slugs(1) participants!: string[];
  @Optional() @OneOf(MEETING_FORMATS) format?: MeetingFormat;
  @Optional() @Whole(1, 10_000) round?: number;
}

export class MeetingRescheduled extends Envelope {
  declare type: 'MeetingRescheduled';
  /** The `MeetingAnnounced` of this track. */
  @Slug() announcement!: string;
  @Occurrence() scheduledFor!: string;
}

export class MeetingCancelled extends Envelope {
  declare type: 'MeetingCancelled';
  @Slug() announcement!: string;
}

export class MeetingHeld extends Envelope {
  declare type: 'MeetingHeld';
  @Slugs(1) participants!: string[];
  @Optional() @OneOf(MEETING_FORMATS) format?: MeetingFormat;
  @Optional() @Whole(1, 1_000_000) durationMinutes?: number;
  @Optional() @OneOf(DURATION_QUALIFIERS) durationQualifier?: (typeof DURATION_QUALIFIERS)[number];
  @Optional() @Whole(1, 10_000) round?: number;
  @Optional() @Slug() announcement?: string;
  @Optional() @OneOf(OUTCOMES) outcome?: (typeof OUTCOMES)[number];
}
