import { describe, expect, it } from '@jest/globals';
import { pairName, pairsIn, partsIn, type Part } from './parts.js';
import type { Resolved } from './standing.js';
import { development } from './testing/factories.js';
import type { DevelopmentType } from './vocabulary/types.js';

const US = 'united-states';

describe('the part of an actor', () => {
  it.each<[DevelopmentType, Record<string, unknown>, Resolved, Record<string, Part>]>([
    ['StatementMade', { to: [US] }, {}, { 'sergey-lavrov': 'said', [US]: 'named' }],
    ['StatementMade', {}, { onBehalfOf: 'russia' }, { 'sergey-lavrov': 'said', russia: 'said' }],
    ['StatementMade', { onBehalfOf: 'nato' }, { onBehalfOf: 'russia' }, { 'sergey-lavrov': 'said', nato: 'said', russia: 'named' }],
    ['PositionTaken', {}, {}, { russia: 'said' }],
    ['PositionTaken', { statedBy: 'nato' }, {}, { russia: 'named', nato: 'said' }],
    ['PositionTaken', { statedBy: 'sergey-lavrov' }, { onBehalfOf: 'russia' }, { russia: 'said', 'sergey-lavrov': 'said' }],
    ['MeetingHeld', {}, {}, { russia: 'met', [US]: 'met' }],
    ['MeetingAnnounced', {}, {}, { russia: 'named', [US]: 'named' }],
    ['ActionReported', { by: 'russia', target: 'ukraine' }, {}, { russia: 'did', ukraine: 'named' }],
    ['ActionReported', { by: 'russia', claim: 'confirmed' }, {}, { russia: 'did' }],
    ['ActionReported', { by: 'russia', claim: 'alleged', claimedBy: 'nato' }, {}, { russia: 'named', nato: 'named' }],
    ['ActionReported', { by: 'russia', claim: 'denied' }, {}, { russia: 'named' }],
    ['TrackSuspended', {}, {}, {}],
  ])('in %s %j %j', (type, fields, resolved, parts) => {
    expect(Object.fromEntries(partsIn(development(type, 'd', fields), resolved))).toEqual(parts);
  });
});

describe('the pairs', () => {
  it.each<[DevelopmentType, Record<string, unknown>, Resolved, string[]]>([
    ['StatementMade', {}, {}, []],
    ['StatementMade', { speaker: 'russia', to: [US, 'nato'] }, {}, ['nato/russia', 'russia/united-states']],
    ['StatementMade', { to: [US] }, { onBehalfOf: 'russia' }, ['russia/united-states', 'sergey-lavrov/united-states']],
    ['MeetingHeld', { participants: ['russia', US, 'nato'] }, {}, ['nato/russia', 'nato/united-states', 'russia/united-states']],
    ['MeetingAnnounced', {}, {}, ['russia/united-states']],
    ['AgreementReached', { parties: ['russia', US] }, {}, ['russia/united-states']],
    ['ProposalTabled', { by: 'russia', to: [US, 'nato'] }, {}, ['nato/russia', 'russia/united-states']],
    ['ResponsePromised', { by: US, to: 'russia' }, {}, ['russia/united-states']],
    ['ResponseDelivered', { by: US, to: 'russia', receivedBy: 'grushko' }, {}, ['grushko/united-states', 'russia/united-states']],
    ['ActionReported', { by: 'russia', target: 'ukraine', claimedBy: 'nato' }, {}, ['russia/ukraine']],
    ['ActionReported', { by: 'russia' }, {}, []],
    ['PositionTaken', {}, {}, []],
  ])('of %s %j %j', (type, fields, resolved, pairs) => {
    const found = pairsIn(development(type, 'd', fields), resolved).map(([a, b]) => pairName(a, b));
    expect(found.toSorted()).toEqual(pairs);
  });
});
