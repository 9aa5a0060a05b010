// A synthetic crisis for benchmarks: the same one for the same arguments.

export const CRISIS = 'bench';

const ACTORS = ['north', 'south', 'east', 'west'];
const ISSUES = ['border', 'water', 'trade'];
const SOURCES = ['agency', 'ministry', 'paper', 'radio'];

export const trackName = (number: number): string => `track-${number}`;

/** Register lines, in the import form. */
export function registerLines(tracks: number, crisis = CRISIS): string[] {
  const line = (type: string, fields: object): string => JSON.stringify({ type, crisis, ...fields });
  return [
    line('CrisisOpened', { title: 'A crisis for benchmarks' }),
    ...ACTORS.map((id) => line('ActorRegistered', { id, name: id, kind: 'state' })),
    ...ISSUES.map((id) => line('IssueRaised', { id, title: id })),
    ...SOURCES.map((id, index) => line('SourceRegistered', { id, name: id, reliability: 'ABCD'[index] })),
    ...Array.from({ length: tracks }, (_, number) =>
      line('TrackOpened', {
        track: trackName(number),
        title: `Track ${number}`,
        parties: [pick(ACTORS, number), pick(ACTORS, number + 1)],
      }),
    ),
  ];
}

const QUOTE = 'We take note of it, and we will come back to it in due course.';

/** The body of the n-th development: six in ten are statements, two meetings, one position, one action; about 600 bytes in the log. */
export function developmentBody(number: number, id = `d-${number}`, quote = QUOTE): Record<string, unknown> {
  const by = pick(ACTORS, number);
  const day = new Date(Date.UTC(2022, 0, 1) + (Math.imul(number, 7919) % 300) * 86_400_000).toISOString().slice(0, 10);
  const envelope = {
    id,
    occurredAt: day,
    summary: `Development ${number} of the benchmark, told in one sentence of about the length that a desk writes.`,
    reports: [{ source: pick(SOURCES, number), publishedAt: day, quote }],
    about: [pick(ISSUES, number)],
  };
  switch (number % 10) {
    case 0:
    case 5:
      return {
        type: 'MeetingHeld',
        ...envelope,
        participants: [by, pick(ACTORS, number + 1)],
        format: 'in-person',
        durationMinutes: 90,
        outcome: 'inconclusive',
      };
    case 3:
      return {
        type: 'PositionTaken',
        ...envelope,
        party: by,
        issue: pick(ISSUES, number),
        stance: number % 20 === 3 ? 'demands' : 'opposes',
      };
    case 7:
      return { type: 'ActionReported', ...envelope, category: 'diplomatic', by, claim: 'reported' };
    default:
      return { type: 'StatementMade', ...envelope, speaker: by, to: [pick(ACTORS, number + 2)], assessment: 'neutral' };
  }
}

function pick<T>(list: readonly T[], number: number): T {
  return list[number % list.length]!;
}
