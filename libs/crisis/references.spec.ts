import { describe, expect, it } from '@jest/globals';
import { actorsIn, developmentsIn, issuesIn, namesIn } from './references.js';
import { body, development } from './testing/factories.js';
import { DEVELOPMENT_TYPES, type DevelopmentType } from './vocabulary/types.js';

const pointersOf = (type: DevelopmentType, fields: Record<string, unknown>): string[] =>
  namesIn(development(type, 'd', fields)).map(({ kind, name, pointer }) => `${kind} ${name} ${pointer}`);

describe('the names in a development', () => {
  it.each<[DevelopmentType, Record<string, unknown>, string[]]>([
    ['MeetingHeld', { participants: ['a', 'b'] }, ['actor a /participants/0', 'actor b /participants/1']],
    ['StatementMade', { speaker: 'a', onBehalfOf: 'b', to: ['c'] }, ['actor a /speaker', 'actor b /onBehalfOf', 'actor c /to/0']],
    ['PositionTaken', { party: 'a', issue: 'i', statedBy: 'b' }, ['actor a /party', 'actor b /statedBy', 'issue i /issue']],
    [
      'ResponseDelivered',
      { by: 'a', to: 'b', deliveredBy: 'c', receivedBy: 'd' },
      ['actor a /by', 'actor b /to', 'actor c /deliveredBy', 'actor d /receivedBy'],
    ],
    ['AgreementReached', { parties: ['a'] }, ['actor a /parties/0']],
    ['ActionReported', { by: 'a', target: 'b', claimedBy: 'c' }, ['actor a /by', 'actor b /target', 'actor c /claimedBy']],
  ])('of type %s are found at their places: %j', (type, fields, expected) => {
    expect(pointersOf(type, { ...fields, reports: [{ source: 's' }] })).toEqual([...expected, 'source s /reports/0/source']);
  });

  it('include the issues, the sources with their origins, and the other tracks', () => {
    const fields = { about: ['i', 'j'], reports: [{ source: 's' }, { source: 't', origin: 'u' }], alsoOn: ['osce'] };
    expect(pointersOf('TrackResumed', fields)).toEqual([
      'issue i /about/0',
      'issue j /about/1',
      'source s /reports/0/source',
      'source t /reports/1/source',
      'source u /reports/1/origin',
      'track osce /alsoOn/0',
    ]);
  });

  it('are listed once each, as actors and as issues', () => {
    const positions = [{ party: 'a', issue: 'i', stance: 'silent' }];
    const statement = development('StatementMade', 'd', { speaker: 'a', onBehalfOf: 'b', positions, about: ['i', 'j'] });
    expect([actorsIn(statement), issuesIn(statement)]).toEqual([
      ['a', 'b'],
      ['i', 'j'],
    ]);
  });

  it.each(DEVELOPMENT_TYPES)('of type %s are found for every field that holds an actor', (type) => {
    const known = new Set(['russia', 'united-states', 'sergey-lavrov']);
    const named = actorsIn(development(type, 'd')).filter((actor) => !known.has(actor));
    expect(named).toEqual([]);
    const held = Object.values(body(type))
      .flat()
      .filter((value) => known.has(value as string));
    expect(new Set(actorsIn(development(type, 'd')))).toEqual(new Set(held));
  });
});

describe('the developments that a development names', () => {
  it('are of its track and of a given type, or of any track and type', () => {
    const relatesTo = [
      { development: 'x', relation: 'follows' },
      { development: 'osce/y', relation: 'denies' },
    ];
    expect(developmentsIn(development('ResponsePromised', 'd', { proposal: 'p', renews: 'r', relatesTo }))).toEqual([
      { track: 'us-russia', id: 'p', type: 'ProposalTabled', pointer: '/proposal' },
      { track: 'us-russia', id: 'r', type: 'ResponsePromised', pointer: '/renews' },
      { track: 'us-russia', id: 'x', pointer: '/relatesTo/0/development' },
      { track: 'osce', id: 'y', pointer: '/relatesTo/1/development' },
    ]);
  });
});
