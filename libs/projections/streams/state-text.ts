// A track's state as JSON, for frames: the longest parts of a state change seldom, and are not written anew for each.
import type { TrackState } from '#crisis/track-state.js';

/** Of objects that stay the same from state to state. */
const written = new WeakMap<object, string>();

/** Stands for the long parts: within a string of JSON the quotes would have backslashes. */
const LONG_PARTS = '"positions":0,"latestStatements":0';

/** As JSON.stringify has it. */
export function stateText(state: TrackState): string {
  const text = JSON.stringify({ ...state, positions: 0, latestStatements: 0 });
  const at = text.indexOf(LONG_PARTS);
  const long = `"positions":${listText(state.positions)},"latestStatements":${listText(state.latestStatements)}`;
  return text.slice(0, at) + long + text.slice(at + LONG_PARTS.length);
}

function listText(list: readonly object[]): string {
  let text = written.get(list);
  if (text === undefined) {
    text = `[${list.map(entryText).join()}]`;
    written.set(list, text);
  }
  return text;
}

function entryText(entry: object): string {
  let text = written.get(entry);
  if (text === undefined) {
    text = JSON.stringify(entry);
    written.set(entry, text);
  }
  return text;
}
