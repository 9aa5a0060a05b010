// A development as readers see it: its content as corrected, and what became of it.
import { cameoOf, goldsteinOf } from '#crisis/tension.js';
import { developmentsIn } from '#crisis/references.js';
import { isVisible, reportsWith, verificationOf, type Verification } from '#crisis/standing.js';
import { formatMoment } from '#crisis/time.js';
import type { Report } from '#crisis/vocabulary/envelope.js';
import type { ReportStance } from '#crisis/vocabulary/record.js';
import type { Development } from '#crisis/vocabulary/types.js';
import type { Point } from './point.js';
import type { Rows } from './rows.js';
import type { Version } from './tables/developments.js';

/** The fields of its content stand beside these, under the names that they have in the vocabulary. */
export interface DevelopmentView {
  id: string;
  type: string;
  crisis: string;
  track: string;
  [field: string]: unknown;
  reports: (Report & { id: string; stance: ReportStance })[];
  /** For whom the speaker, or who states a position, speaks: as given, else the affiliation when it was recorded. */
  onBehalfOf?: string;
  verification: Verification;
  /** Its own CAMEO code, else its type's. */
  cameo: string;
  /** Null where it does not count in scores. */
  goldstein: number | null;
  /** When it was first recorded. */
  recordedAt: string;
  /** Where it was first recorded. */
  position: string;
  corrected?: true;
  retracted?: true;
  /** No report that supports it is left. */
  unsupported?: true;
  /** JSON pointers of what in it refers to a development that is retracted. */
  dangling?: string[];
}

/** From where it is looked at. */
export interface SeenAt extends Pick<Point, 'crisis' | 'known' | 'filter'> {
  /** Who looks at many knows it of some. Undefined: the file is to be asked. */
  readonly knownRetracted?: (track: string, id: string) => boolean | undefined;
}

export function developmentView(rows: Rows, point: SeenAt, { standing, corrected, recorded, development }: Version): DevelopmentView {
  const { content, resolved, retracted } = standing;
  const { id, type, crisis, track, reports: _, ...fields } = content;
  const reports = reportsWith(standing, point.filter).map(({ id: report, report: { id: _given, ...told }, stance }) => ({
    id: report,
    ...told,
    stance,
  }));
  return {
    id,
    type,
    crisis,
    track,
    ...fields,
    onBehalfOf: ('onBehalfOf' in content ? content.onBehalfOf : undefined) ?? resolved.onBehalfOf,
    reports,
    verification: verificationOf(standing, point.filter),
    cameo: cameoOf(content),
    goldstein: goldsteinOf(content) ?? null,
    recordedAt: formatMoment(recorded),
    position: String(development),
    corrected: corrected || undefined,
    retracted: retracted || undefined,
    unsupported: retracted || isVisible(standing, point.filter) ? undefined : true,
    dangling: danglingIn(rows, point, content),
  };
}

/** JSON pointers of what in it refers to a development that is retracted; undefined where nothing does. */
export function danglingIn(rows: Rows, point: SeenAt, content: Development): string[] | undefined {
  const dangling = developmentsIn(content)
    .filter((named) => isRetracted(rows, point, named.track, named.id))
    .map(({ pointer }) => pointer);
  return dangling.length === 0 ? undefined : dangling;
}

function isRetracted(rows: Rows, { crisis, known, knownRetracted }: SeenAt, track: string, id: string): boolean {
  const answer = knownRetracted?.(track, id);
  if (answer !== undefined) return answer;
  const row = rows.crises.track(crisis, track);
  return row !== undefined && rows.developments.isRetracted(row.id, id, known);
}
