import { describe, expect, it } from '@jest/globals';
import { cameoCode, isCameoCode } from './cameo.js';
import { CAMEO_DEFAULTS, defaultCameo, type CodedField } from './default-cameo.js';
import { ACTION_CATEGORIES } from './vocabulary/deeds.js';
import { ANSWERS } from './vocabulary/exchange.js';
import { MEETING_FORMATS, OUTCOMES } from './vocabulary/meetings.js';
import { DEVELOPMENT_TYPES } from './vocabulary/types.js';
import { ASSESSMENTS, STANCES } from './vocabulary/words.js';

const values: Record<CodedField, readonly string[]> = {
  outcome: OUTCOMES,
  format: MEETING_FORMATS,
  assessment: ASSESSMENTS,
  stance: STANCES,
  answer: ANSWERS,
  category: ACTION_CATEGORIES,
};

const entries = Object.values(CAMEO_DEFAULTS).flatMap((entry) => [entry, ...(entry.cases ?? [])]);

describe('the default CAMEO codes', () => {
  it('stand for every type of development', () => {
    expect(Object.keys(CAMEO_DEFAULTS)).toEqual(DEVELOPMENT_TYPES);
  });

  it('are in the table, each with a reason', () => {
    for (const { code, why } of entries) {
      expect(isCameoCode(code)).toBe(true);
      expect(why).toMatch(/^[A-Z].+\.$/);
    }
  });

  it('ask only for values that the vocabulary has', () => {
    for (const { cases = [] } of Object.values(CAMEO_DEFAULTS)) {
      for (const { when } of cases) for (const [field, value] of Object.entries(when)) expect(values[field as CodedField]).toContain(value);
    }
  });

  it.each([
    [{ type: 'MeetingAnnounced' }, '036'],
    [{ type: 'MeetingHeld' }, '040'],
    [{ type: 'MeetingHeld', format: 'in-person', outcome: 'no-breakthrough' }, '040'],
    [{ type: 'MeetingHeld', format: 'call' }, '041'],
    [{ type: 'MeetingHeld', format: 'call', outcome: 'breakdown' }, '164'],
    [{ type: 'StatementMade' }, '010'],
    [{ type: 'PositionTaken', stance: 'demands' }, '100'],
    [{ type: 'ProposalTabled' }, '020'],
    [{ type: 'ResponsePromised' }, '030'],
    [{ type: 'ResponseDelivered', answer: 'undisclosed' }, '010'],
    [{ type: 'ResponseDelivered' }, '010'],
    [{ type: 'ResponseDelivered', answer: 'rejects' }, '120'],
    [{ type: 'AgreementReached' }, '057'],
    [{ type: 'ActionReported', category: 'economic' }, '010'],
    [{ type: 'ActionReported', category: 'military' }, '150'],
  ] as const)('gives %j the code %s', (development, code) => {
    expect(defaultCameo(development)).toBe(code);
  });

  it('score 0 where a deed may help or harm', () => {
    for (const category of ['economic', 'diplomatic', 'other'])
      expect(cameoCode(defaultCameo({ type: 'ActionReported', category }))?.goldstein).toBe(0);
  });
});
