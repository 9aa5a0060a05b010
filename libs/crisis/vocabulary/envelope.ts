// What every development has, whatever its type.
import { CREDIBILITIES, type Credibility } from '../admiralty.js';
import {
  Cameo,
  GeoPoint,
  Language,
  Nested,
  Occurrence,
  OneOf,
  Optional,
  Reference,
  Slug,
  Slugs,
  Text,
  Texts,
  WebAddress,
  Whole,
} from '../fields.js';

/** Most characters of a summary, a quote or another free text. */
export const TEXT_MAX = 4000;

/** Who told the desk, and how far that can be believed. */
export class Report {
  @Slug() source!: string;
  /** Names the report among those of its development. Default: the source's slug, `<source>-2` for its second, and so on. */
  @Optional() @Slug() id?: string;
  @Optional() @WebAddress() url?: string;
  @Optional() @Occurrence() publishedAt?: string;
  @Optional() @Text(TEXT_MAX) quote?: string;
  @Optional() @Language() language?: string;
  /** The source that this one quotes. Reports of one origin do not corroborate each other. */
  @Optional() @Slug() origin?: string;
  @Optional() @OneOf(CREDIBILITIES) credibility?: Credibility;
}

export const RELATIONS = ['answers', 'denies', 'follows', 'part-of', 'concerns'] as const;

export class Relation {
  @Reference() development!: string;
  @OneOf(RELATIONS) relation!: (typeof RELATIONS)[number];
}

export class Place {
  @Text(200) name!: string;
  @Optional() @GeoPoint() point?: { type: 'Point'; coordinates: number[] };
}

/** The envelope as its recorder sends it. `crisis` and `track` are in the address of the call. */
export class Envelope {
  @Optional() @Slug() id?: string;
  @Text(64) type!: string;
  /** EDTF, see {@link parseOccurrence}. */
  @Occurrence() occurredAt!: string;
  /** Tells apart what happened in the same span; 0 unless given. */
  @Optional() @Whole(-1_000_000, 1_000_000) sequence?: number;
  /** One sentence in the recorder's own words. */
  @Text(1000) summary!: string;
  @Nested(() => Report, { each: true, min: 1 }) reports!: Report[];
  /** Issues. */
  @Optional() @Slugs() about?: string[];
  @Optional() @Nested(() => Relation, { each: true }) relatesTo?: Relation[];
  /** Other tracks in whose timelines it also stands; it sets nothing there. */
  @Optional() @Slugs() alsoOn?: string[];
  @Optional() @Nested(() => Place) place?: Place;
  /** A CAMEO event code in place of the type's default. */
  @Optional() @Cameo() cameo?: string;
  @Optional() @Texts(50, 64) tags?: string[];
}
