// Who had which part in a development, and between whom it happened.
import { actorsIn } from './references.js';
import { partyOf } from './slots.js';
import type { Resolved } from './standing.js';
import type { Development } from './vocabulary/types.js';

/**
 * `said`: made the statement, or it was made for them; took the position, or stated it. `met`: took part in a meeting that was
 * held. `did`: the action is theirs, as it was reported or confirmed; what is alleged or denied is nobody's deed. `named`: anything else.
 */
export const PARTS = ['named', 'said', 'met', 'did'] as const;
export type Part = (typeof PARTS)[number];

/** Every actor that a development names, with its part in it. */
export function partsIn(content: Development, resolved: Resolved): Map<string, Part> {
  const parts = new Map<string, Part>(actorsIn(content).map((actor) => [actor, 'named']));
  if (resolved.onBehalfOf !== undefined) parts.set(resolved.onBehalfOf, 'named');
  switch (content.type) {
    case 'StatementMade':
      parts.set(content.speaker, 'said').set(partyOf(content, resolved), 'said');
      break;
    case 'PositionTaken':
      parts.set(content.statedBy ?? content.party, 'said');
      if (content.statedBy !== undefined && resolved.onBehalfOf !== undefined) parts.set(resolved.onBehalfOf, 'said');
      break;
    case 'MeetingHeld':
      for (const actor of content.participants) parts.set(actor, 'met');
      break;
    case 'ActionReported':
      if (content.by !== undefined && (content.claim === 'reported' || content.claim === 'confirmed')) parts.set(content.by, 'did');
      break;
    default:
  }
  return parts;
}

/**
 * The pairs of actors between whom a development happened, each once and in alphabetical order: who speaks and to whom, who
 * acts and on whom, who tables, promises or answers and to whom; those who meet, are to meet or agree, each with each other.
 */
export function pairsIn(content: Development, resolved: Resolved): [string, string][] {
  switch (content.type) {
    case 'StatementMade':
      return across([content.speaker, partyOf(content, resolved)], content.to ?? []);
    case 'ActionReported':
      return content.by === undefined || content.target === undefined ? [] : across([content.by], [content.target]);
    case 'ProposalTabled':
      return across([content.by], content.to);
    case 'ResponsePromised':
      return across([content.by], [content.to]);
    case 'ResponseDelivered': {
      const { by, to, deliveredBy, receivedBy } = content;
      return across([by, deliveredBy ?? by], [to, receivedBy ?? to]);
    }
    case 'MeetingAnnounced':
    case 'MeetingHeld':
      return across(content.participants, content.participants);
    case 'AgreementReached':
      return across(content.parties, content.parties);
    default:
      return [];
  }
}

/** The name of a pair, whichever actor is named first. */
export function pairName(a: string, b: string): string {
  return a < b ? `${a}/${b}` : `${b}/${a}`;
}

function across(some: readonly string[], others: readonly string[]): [string, string][] {
  const pairs = new Map<string, [string, string]>();
  for (const one of some) {
    for (const other of others) if (one !== other) pairs.set(pairName(one, other), one < other ? [one, other] : [other, one]);
  }
  return [...pairs.values()];
}
