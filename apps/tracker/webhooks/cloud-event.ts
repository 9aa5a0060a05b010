// A message as it is sent: a CloudEvent (1.0) in its JSON form, with the extension `recordedtime` for events of two clocks.
import { hash } from 'node:crypto';
import { formatMoment } from '#crisis/time.js';
import type { DeliveryMessage } from '#projections/read-side.js';

export const CONTENT_TYPE = 'application/cloudevents+json';

export interface OutgoingMessage {
  /** The same for each delivery of an event to a webhook, so that a receiver can tell a repeat. */
  readonly id: string;
  /** JSON text. */
  readonly body: string;
}

export function outgoing(webhook: string, message: DeliveryMessage): OutgoingMessage {
  const { crisis, track, development, event, type, occurred, recorded, data } = message;
  return {
    id: messageId(webhook, event),
    body: JSON.stringify({
      specversion: '1.0',
      id: event,
      source: `/crises/${crisis}/tracks/${track}`,
      type: `parley.${type}`,
      subject: `${track}/${development}`,
      time: formatMoment(occurred),
      recordedtime: formatMoment(recorded),
      datacontenttype: 'application/json',
      data,
    }),
  };
}

/** What a receiver gets to see whether it can read and verify what is sent. @param id of the test @param now ms */
export function testMessage(webhook: string, id: string, now: number): OutgoingMessage {
  return {
    id: messageId(webhook, id),
    body: JSON.stringify({
      specversion: '1.0',
      id,
      source: `/webhooks/${webhook}`,
      type: 'parley.test',
      time: formatMoment(now),
      recordedtime: formatMoment(now),
      datacontenttype: 'application/json',
      data: { webhook },
    }),
  };
}

function messageId(webhook: string, event: string): string {
  return `msg-${hash('sha256', `${webhook}\n${event}`, 'hex').slice(0, 32)}`;
}
