// The CAMEO code that a development has unless its `cameo` names another. A default never guesses a sign: where a
// type can be cooperation as well as conflict, it is a code that scores 0.
import type { DevelopmentType } from './vocabulary/types.js';

export interface CameoDefault {
  readonly code: string;
  /** Why this code and not its neighbour, in one line. */
  readonly why: string;
}

/** A default for the developments of a type that have these values. */
export interface CameoCase extends CameoDefault {
  readonly when: Readonly<Partial<Record<CodedField, string>>>;
}

/** The fields that can change a type's default. */
export type CodedField = 'outcome' | 'format' | 'assessment' | 'stance' | 'answer' | 'category';

/** By type: the code, and the cases that have another. The first case that holds counts. */
export const CAMEO_DEFAULTS: Readonly<Record<DevelopmentType, CameoDefault & { readonly cases?: readonly CameoCase[] }>> = {
  TrackSuspended: { code: '164', why: 'Halt negotiations: what a suspension is.' },
  TrackResumed: { code: '036', why: 'Intent to meet or negotiate: a will to talk again; the talks score when they are held.' },
  TrackConcluded: { code: '010', why: 'A statement: a track may end well or badly; the agreement scores by itself.' },
  MeetingAnnounced: { code: '036', why: 'Intent to meet or negotiate.' },
  MeetingRescheduled: { code: '010', why: 'A statement: the intent to meet has scored with the announcement.' },
  MeetingCancelled: { code: '125', why: 'Reject proposal to meet: milder than halting negotiations (164), which is a suspension.' },
  MeetingHeld: {
    code: '040',
    why: 'Consult, not specified: who was the host (042, 043) or that it was a third place (044) has to be said by the recorder.',
    cases: [
      { when: { outcome: 'breakdown' }, code: '164', why: 'Halt negotiations: the meeting ended them.' },
      {
        when: { outcome: 'agreement' },
        code: '046',
        why: 'Engage in negotiation: it was one, with a result; the agreement itself is 057.',
      },
      { when: { format: 'call' }, code: '041', why: 'Discuss by telephone.' },
      { when: { format: 'video' }, code: '041', why: 'Discuss by telephone: CAMEO has no code for video, and this is the nearest.' },
    ],
  },
  StatementMade: {
    code: '010',
    why: 'Make statement, not specified.',
    cases: [
      { when: { assessment: 'progress' }, code: '013', why: 'Optimistic comment.' },
      { when: { assessment: 'deadlock' }, code: '012', why: 'Pessimistic comment.' },
    ],
  },
  PositionTaken: {
    code: '010',
    why: 'Make statement: for a stance that is none of the cases.',
    cases: [
      { when: { stance: 'demands' }, code: '100', why: 'Demand, not specified.' },
      { when: { stance: 'supports' }, code: '051', why: 'Praise or endorse.' },
      { when: { stance: 'open-to' }, code: '014', why: 'Consider policy option: no commitment yet (03x would be one).' },
      { when: { stance: 'conditional' }, code: '014', why: 'Consider policy option: neither a yes nor a no.' },
      { when: { stance: 'silent' }, code: '011', why: 'Decline comment.' },
      { when: { stance: 'opposes' }, code: '110', why: 'Disapprove: rejecting what was asked for is an answer (120).' },
    ],
  },
  ProposalTabled: { code: '020', why: 'Appeal: the codebook counts proposals and suggestions here, and demands apart (10x).' },
  ProposalWithdrawn: { code: '010', why: 'A statement: it may clear the way or close it.' },
  ResponsePromised: { code: '030', why: 'Express intent to cooperate, not specified.' },
  PromiseWithdrawn: { code: '120', why: 'Reject, not specified: a refusal of what was promised.' },
  ResponseDelivered: {
    code: '010',
    why: 'A statement: while the answer is not known, nothing but that it was given is.',
    cases: [
      { when: { answer: 'accepts' }, code: '030', why: 'Express intent to cooperate: the codebook counts agreeing to cooperate here.' },
      {
        when: { answer: 'partly-accepts' },
        code: '019',
        why: 'Express accord: agreement as far as it goes, without the whole commitment.',
      },
      { when: { answer: 'counters' }, code: '020', why: 'Appeal: a counter-proposal is a proposal.' },
      { when: { answer: 'rejects' }, code: '120', why: 'Reject, not specified.' },
    ],
  },
  AgreementReached: { code: '057', why: 'Sign formal agreement.' },
  ActionReported: {
    code: '010',
    why: 'A statement, score 0: a deed of this kind (economic, diplomatic, other) may help or harm; the recorder says which.',
    cases: [
      {
        when: { category: 'military' },
        code: '150',
        why: 'Demonstrate military power: the mildest of them; fighting (19x) and withdrawal (087) have to be said.',
      },
      { when: { category: 'humanitarian' }, code: '073', why: 'Provide humanitarian aid.' },
      { when: { category: 'cyber' }, code: '170', why: 'Coerce, not specified: the table has no code for attacks on networks.' },
      { when: { category: 'judicial' }, code: '173', why: 'Arrest, detain, or charge with legal action.' },
    ],
  },
};

/** The default code of a development. Total: what is in no case has its type's own code. */
export function defaultCameo(development: { readonly type: DevelopmentType } & { readonly [field in CodedField]?: string }): string {
  const { code, cases = [] } = CAMEO_DEFAULTS[development.type];
  return cases.find(({ when }) => holds(when, development))?.code ?? code;
}

function holds(when: CameoCase['when'], development: { readonly [field in CodedField]?: string }): boolean {
  return (Object.keys(when) as CodedField[]).every((field) => development[field] === when[field]);
}
