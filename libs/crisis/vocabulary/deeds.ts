// Deeds: what was done, or is said to have been done.
import { OneOf, Optional, Slug } from '../fields.js';
import { Envelope } from './envelope.js';

export const ACTION_CATEGORIES = ['military', 'economic', 'diplomatic', 'humanitarian', 'cyber', 'judicial', 'other'] as const;
export const CLAIMS = ['reported', 'alleged', 'denied', 'confirmed'] as const;

export class ActionReported extends Envelope {
  declare type: 'ActionReported';
  @OneOf(ACTION_CATEGORIES) category!: (typeof ACTION_CATEGORIES)[number];
  @Optional() @Slug() by?: string;
  @Optional() @Slug() target?: string;
  @OneOf(CLAIMS) claim!: (typeof CLAIMS)[number];
  @Optional() @Slug() claimedBy?: string;
}
