// The record about the record: corrections, retractions, reinstatements and further reports are facts of their own.
import { AnyObject, Nested, OneOf, Optional, Reference, Slug, Text } from '../fields.js';
import { Report, TEXT_MAX } from './envelope.js';

export const REASONS = ['factual-error', 'late-information', 'misattribution', 'translation', 'duplicate', 'source-retracted'] as const;
export type Reason = (typeof REASONS)[number];

export const REPORT_STANCES = ['corroborates', 'disputes'] as const;
export type ReportStance = (typeof REPORT_STANCES)[number];

/** What every record event names: a development of its own track. */
class RecordFields {
  @Optional() @Slug() id?: string;
  @Text(64) type!: string;
  @Slug() development!: string;
}

export class DevelopmentCorrected extends RecordFields {
  declare type: 'DevelopmentCorrected';
  /** A JSON merge patch (RFC 7396) of the development's own fields; of its reports, the original ones. */
  @AnyObject() changes!: Record<string, unknown>;
  @OneOf(REASONS) reason!: Reason;
  @Optional() @Text(TEXT_MAX) note?: string;
}

export class DevelopmentRetracted extends RecordFields {
  declare type: 'DevelopmentRetracted';
  @OneOf(REASONS) reason!: Reason;
  @Optional() @Text(TEXT_MAX) note?: string;
  @Optional() @Reference() replacedBy?: string;
}

export class DevelopmentReinstated extends RecordFields {
  declare type: 'DevelopmentReinstated';
  @Optional() @Text(TEXT_MAX) note?: string;
}

export class ReportAdded extends RecordFields {
  declare type: 'ReportAdded';
  @Nested(() => Report) report!: Report;
  @OneOf(REPORT_STANCES) stance!: ReportStance;
}

export class ReportWithdrawn extends RecordFields {
  declare type: 'ReportWithdrawn';
  /** The report's id. */
  @Slug() report!: string;
  @Optional() @Text(TEXT_MAX) note?: string;
}
