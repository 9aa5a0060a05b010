// What is measured of webhooks.
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Outcome } from './send.js';

export class WebhookMetrics {
  readonly #deliveries: Counter<'outcome'>;

  /** @param parked how many messages are parked, of all webhooks */
  constructor(registry: Registry, parked: () => number) {
    this.#deliveries = new Counter({
      name: 'parley_webhook_deliveries_total',
      help: 'Attempts to deliver a message to a webhook, by outcome: accepted, failed, gone (410), and messages parked after the last attempt',
      labelNames: ['outcome'],
      registers: [registry],
    });
    const gauge: Gauge = new Gauge({
      name: 'parley_webhook_parked_messages',
      help: 'Messages that were parked since no attempt to deliver them was accepted',
      registers: [registry],
      collect: () => gauge.set(parked()),
    });
  }

  count(outcome: Outcome['result'] | 'parked'): void {
    this.#deliveries.inc({ outcome });
  }
}
