// Words: what was said, and where the parties stand.
import { IsBoolean } from 'class-validator';
import { Nested, OneOf, Optional, Slug, Slugs, Text } from '../fields.js';
import { Envelope, TEXT_MAX } from './envelope.js';

export const ASSESSMENTS = ['progress', 'deadlock', 'neutral'] as const;
export const STANCES = ['demands', 'supports', 'open-to', 'conditional', 'silent', 'opposes'] as const;
export type Stance = (typeof STANCES)[number];

/** A position that a statement states. */
export class StatedPosition {
  @Slug() party!: string;
  @Slug() issue!: string;
  @OneOf(STANCES) stance!: Stance;
  @Optional() @IsBoolean({ message: 'must be true or false' }) redLine?: boolean;
}

export class StatementMade extends Envelope {
  declare type: 'StatementMade';
  @Slug() speaker!: string;
  /** Else the speaker's affiliation when the statement was recorded. */
  @Optional() @Slug() onBehalfOf?: string;
  @Optional() @Slugs() to?: string[];
  @Optional() @Text(200) setting?: string;
  @Optional() @Text(TEXT_MAX) quote?: string;
  @Optional() @OneOf(ASSESSMENTS) assessment?: (typeof ASSESSMENTS)[number];
  @Optional() @Nested(() => StatedPosition, { each: true }) positions?: StatedPosition[];
}

export class PositionTaken extends Envelope {
  declare type: 'PositionTaken';
  @Slug() party!: string;
  @Slug() issue!: string;
  @OneOf(STANCES) stance!: Stance;
  @Optional() @IsBoolean({ message: 'must be true or false' }) redLine?: boolean;
  /** Who stated it, else the party itself. */
  @Optional() @Slug() statedBy?: string;
}
