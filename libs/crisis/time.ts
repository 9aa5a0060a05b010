// Time as Parley understands it: EDTF (ISO 8601-2, levels 0 and 1) for what happened, moments for the two clocks.
// All numbers are milliseconds since 1970-01-01T00:00Z.

/** From the earliest to the latest moment at which something can have happened, both inclusive. */
export interface Span {
  readonly earliest: number;
  readonly latest: number;
}

/** How far an occurrence may lie ahead of its record time: the widest offset of a time zone, so that "today" can be recorded anywhere. */
export const MAX_AHEAD_MS = 14 * 3_600_000;

export class InvalidTime extends Error {
  override readonly name = 'InvalidTime';
}

/**
 * Reads when something happened: a date of known precision, a date-time with its zone, or an interval of these.
 * `~`, `?` and `%` do not widen the span. An open or unknown start counts from the end's first moment.
 * @throws InvalidTime with a sentence that says what to write instead
 */
export function parseOccurrence(text: string): Span {
  return parse(text, false);
}

/** As {@link parseOccurrence}, but the end may be open (`2022-01-24/..`): then `latest` is Infinity and nothing is ever overdue. @throws InvalidTime */
export function parseDue(text: string): Span {
  return parse(text, true);
}

/**
 * Reads a moment of one of the two clocks. A bare date, month or year means its last millisecond in UTC: up to and including it.
 * @throws InvalidTime
 */
export function parseMoment(text: string): number {
  if (text.includes('/')) throw new InvalidTime(`"${text}" is an interval; a single date or date-time is needed`);
  return parsePart(text).latest;
}

/** Reads a date-time with its zone, such as a record time. @throws InvalidTime */
export function parseInstant(text: string): number {
  const instant = parseDateTime(text);
  if (instant === undefined) throw new InvalidTime(`"${text}" is no date-time with a zone, such as 2022-01-12T15:30:00Z`);
  return instant;
}

export const DAY_MS = 86_400_000;

/** The day that was written last: of moments that follow one another, most are on it. */
let written = { day: NaN, text: '' };

/** ISO 8601, in UTC with milliseconds. */
export function formatMoment(ms: number): string {
  const day = dayOf(ms);
  if (written.day !== day) written = { day, text: new Date(ms).toISOString().slice(0, -'00:00:00.000Z'.length) };
  const time = ms - day * DAY_MS;
  const [hours, minutes] = [Math.floor(time / 3_600_000), Math.floor(time / 60_000) % 60];
  const [seconds, rest] = [Math.floor(time / 1000) % 60, Math.floor(time % 1000)];
  return `${written.text}${twoDigits(hours)}:${twoDigits(minutes)}:${twoDigits(seconds)}.${rest < 100 ? '0' : ''}${twoDigits(rest)}Z`;
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}

/** The day (UTC) of a moment, in days since 1970-01-01. */
export function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

export function formatDay(day: number): string {
  return formatMoment(day * DAY_MS).slice(0, 10);
}

const remembered = new Map<string, Span>();
const REMEMBERED_MAX = 10_000;

function parse(text: string, openEnd: boolean): Span {
  const known = remembered.get(text);
  if (known !== undefined && (openEnd || known.latest !== Infinity)) return known;
  const span = parseFresh(text, openEnd);
  if (remembered.size >= REMEMBERED_MAX) remembered.clear();
  remembered.set(text, span);
  return span;
}

function parseFresh(text: string, openEnd: boolean): Span {
  const parts = text.split('/');
  if (parts.length === 1) return parsePart(text);
  if (parts.length > 2) throw new InvalidTime(`"${text}" has more than one "/"; an interval is written start/end`);
  const [start, end] = parts as [string, string];
  const noStart = start === '' || start === '..';
  const noEnd = end === '' || end === '..';
  if (noStart && noEnd) throw new InvalidTime(`"${text}" has neither a start nor an end`);
  if (noEnd) {
    if (!openEnd) throw new InvalidTime(`"${text}" has an open end; only \`dueBy\` may have one`);
    return { earliest: parsePart(start).earliest, latest: Infinity };
  }
  const last = parsePart(end);
  if (noStart) return last;
  const first = parsePart(start);
  if (first.earliest > last.latest) throw new InvalidTime(`"${text}" ends before it starts`);
  return { earliest: first.earliest, latest: last.latest };
}

const DATE = /^(\d{4}|\d{3}X|\d{2}XX)(?:-(\d{2}|XX)(?:-(\d{2}|XX))?)?[~?%]?$/;

function parsePart(text: string): Span {
  const match = DATE.exec(text);
  if (match === null) {
    const instant = parseDateTime(text);
    if (instant !== undefined) return { earliest: instant, latest: instant };
    throw new InvalidTime(reasonAgainst(text));
  }
  const [, year, month, day] = match as unknown as [string, string, string | undefined, string | undefined];
  if (year.includes('X') && month !== undefined && month !== 'XX')
    throw new InvalidTime(`"${text}" leaves the year unspecified but not the month`);
  if (month === 'XX' && day !== undefined && day !== 'XX') throw new InvalidTime(`"${text}" leaves the month unspecified but not the day`);
  const firstYear = Number(year.replaceAll('X', '0'));
  if (month === undefined || month === 'XX') {
    const lastYear = Number(year.replaceAll('X', '9'));
    return { earliest: utc(firstYear, 1, 1), latest: utc(lastYear + 1, 1, 1) - 1 };
  }
  const m = Number(month);
  if (m >= 21 && m <= 41) throw new InvalidTime(`"${text}" names a season; write the months instead, such as 2022-03/2022-05`);
  if (m < 1 || m > 12) throw new InvalidTime(`"${text}" has no such month`);
  if (day === undefined || day === 'XX') {
    return { earliest: utc(firstYear, m, 1), latest: (m === 12 ? utc(firstYear + 1, 1, 1) : utc(firstYear, m + 1, 1)) - 1 };
  }
  const start = dateStart(firstYear, m, Number(day));
  if (start === undefined) throw new InvalidTime(`"${text}" has no such day`);
  return { earliest: start, latest: start + DAY_MS - 1 };
}

const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3})\d*)?)?(Z|[+-]\d{2}(?::\d{2})?)$/;

/** A date-time is an instant: the moment that was noted down. */
function parseDateTime(text: string): number | undefined {
  const match = DATE_TIME.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second = '0', fraction = '0', zone] = match as unknown as string[];
  const start = dateStart(Number(year), Number(month), Number(day));
  if (start === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59)
    throw new InvalidTime(`"${text}" is no time that there is`);
  const offset = zone === 'Z' ? 0 : offsetMs(zone!, text);
  return start + Number(hour) * 3_600_000 + Number(minute) * 60_000 + Number(second) * 1000 + Number(fraction.padEnd(3, '0')) - offset;
}

function offsetMs(zone: string, text: string): number {
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6)); // level 0 allows an offset of hours alone
  if (minutes > 59 || (hours * 60 + minutes) * 60_000 > MAX_AHEAD_MS) throw new InvalidTime(`"${text}" has no such time zone`);
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function dateStart(year: number, month: number, day: number): number | undefined {
  const start = utc(year, month, day);
  const date = new Date(start);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? start : undefined;
}

function utc(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, day);
}

function reasonAgainst(text: string): string {
  if (/T\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(text)) return `"${text}" is a time without its zone; add Z or an offset such as +03:00`;
  if (/^(?:Y|[+-]\d)/.test(text)) return `"${text}" is a year outside 0000 to 9999`;
  return `"${text}" is no EDTF date; write 2022-01-12, 2022-01, 2021-12-17~, 2022-01-10/2022-01-12 or 2022-01-12T15:30:00+03:00`;
}
