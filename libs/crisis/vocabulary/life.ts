// The life of a negotiation track.
import { Envelope } from './envelope.js';

export class TrackSuspended extends Envelope {
  declare type: 'TrackSuspended';
}

export class TrackResumed extends Envelope {
  declare type: 'TrackResumed';
}

export class TrackConcluded extends Envelope {
  declare type: 'TrackConcluded';
}
